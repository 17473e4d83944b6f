import type { Progress } from "../eval/run_evaluation.ts";
import { createTerminalBar } from "./terminal_bar.ts";

/** Shows how far a run is. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

/** A bar on a terminal. */
export function createProgressBar(stream?: NodeJS.WritableStream): ProgressDisplay {
  const bar = createTerminalBar({
    format: "{bar} {value}/{total}  accuracy {accuracy}  errors {errors}  ETA {eta_formatted}",
    stream,
    etaBuffer: 20,
  });
  return {
    update(progress) {
      const payload = { accuracy: runningAccuracy(progress), errors: progress.errors };
      bar.update(progress.done, progress.total, payload);
    },
    stop: bar.stop,
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
