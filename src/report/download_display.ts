import { createTerminalBar } from "./terminal_bar.ts";

/** Shows how far a download of several files is. */
export interface DownloadDisplay {
  update(progress: { file: string; doneBytes: number; totalBytes: number }): void;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

/** A bar with megabytes and the time left, on a terminal. */
export function createDownloadBar(
  stream?: NodeJS.WritableStream,
): DownloadDisplay {
  const bar = createTerminalBar({
    format: "{bar} {done}/{all} MB  ETA {eta_formatted}  {file}",
    stream,
    etaBuffer: 200,
  });
  return {
    update({ file, doneBytes, totalBytes }) {
      const payload = { file, done: megabytes(doneBytes), all: megabytes(totalBytes) };
      bar.update(doneBytes, totalBytes, payload);
    },
    stop: bar.stop,
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
