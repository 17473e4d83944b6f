import process from "node:process";
import cliProgress from "cli-progress";

/** Shows how far a download of several files is. */
export interface DownloadDisplay {
  update(progress: { file: string; doneBytes: number; totalBytes: number }): void;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

/** A bar with megabytes and the time left, on a terminal. */
export function createDownloadBar(
  stream: NodeJS.WritableStream = process.stderr,
): DownloadDisplay {
  const bar = new cliProgress.SingleBar({
    format: "{bar} {done}/{all} MB  ETA {eta_formatted}  {file}",
    stream,
    hideCursor: true,
    gracefulExit: false,
    etaBuffer: 200,
  }, cliProgress.Presets.shades_classic);
  let started = false;
  let stopped = false;
  return {
    update({ file, doneBytes, totalBytes }) {
      if (stopped) return;
      const payload = { file, done: megabytes(doneBytes), all: megabytes(totalBytes) };
      if (started) bar.update(doneBytes, payload);
      else bar.start(totalBytes, doneBytes, payload);
      started = true;
    },
    stop() {
      stopped = true;
      if (started) bar.stop();
    },
  };
}

/** One line for every twentieth of the whole, for logs and pipes. */
export function createDownloadLines(
  print: (line: string) => void,
  now: () => number = () => performance.now(),
): DownloadDisplay {
  let first: { at: number; bytes: number } | undefined;
  let shown = -1;
  return {
    update({ file, doneBytes, totalBytes }) {
      first ??= { at: now(), bytes: doneBytes };
      const twentieth = Math.floor(20 * doneBytes / totalBytes);
      if (twentieth <= shown) return;
      shown = twentieth;
      const seconds = (now() - first.at) / 1000;
      const rate = (doneBytes - first.bytes) / seconds;
      const left = rate > 0 ? `  ETA ${Math.ceil((totalBytes - doneBytes) / rate)} s` : "";
      print(
        `${5 * twentieth} %  ${megabytes(doneBytes)}/${megabytes(totalBytes)} MB${left}  ${file}`,
      );
    },
    stop() {},
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
