import process from "node:process";
import cliProgress from "cli-progress";
import type { Progress } from "../eval/run_evaluation.ts";

/** Shows how far a run is. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

/** A bar on a terminal. */
export function createProgressBar(stream: NodeJS.WritableStream = process.stderr): ProgressDisplay {
  const bar = new cliProgress.SingleBar({
    format: "{bar} {value}/{total}  accuracy {accuracy}  errors {errors}  ETA {eta_formatted}",
    stream,
    hideCursor: true,
    gracefulExit: false,
    etaBuffer: 20,
  }, cliProgress.Presets.shades_classic);
  let started = false;
  let stopped = false;
  return {
    update(progress) {
      if (stopped) return;
      const payload = { accuracy: runningAccuracy(progress), errors: progress.errors };
      if (started) bar.update(progress.done, payload);
      else bar.start(progress.total, progress.done, payload);
      started = true;
    },
    stop() {
      stopped = true;
      if (started) bar.stop();
    },
  };
}

/** One line for every tenth of the run, for logs and pipes. */
export function createProgressLines(print: (line: string) => void): ProgressDisplay {
  let shown: number | undefined;
  return {
    update(progress) {
      const tenth = Math.floor(10 * progress.done / progress.total);
      const before = shown ?? tenth;
      shown = tenth;
      if (tenth <= before) return;
      print(
        `${
          Math.floor(100 * progress.done / progress.total)
        } %  ${progress.done}/${progress.total}  ` +
          `accuracy ${runningAccuracy(progress)}  errors ${progress.errors}`,
      );
    },
    stop() {},
  };
}

function runningAccuracy({ correct, done }: Progress): string {
  return done === 0 ? "-" : `${(100 * correct / done).toFixed(1)} % (${correct}/${done})`;
}
