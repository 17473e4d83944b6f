import { configureSync, type LogLevel, type LogRecord } from "@logtape/logtape";

/** Sends log lines to stderr, from `level` up. */
export function setUpLog(level: LogLevel, write: (text: string) => void = writeToStderr): void {
  configureSync({
    reset: true,
    sinks: { stderr: (record) => write(formatRecord(record)) },
    loggers: [
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["stderr"] },
      { category: ["houqa"], lowestLevel: level, sinks: ["stderr"] },
    ],
  });
}

function formatRecord(record: LogRecord): string {
  const text = record.message.map((part) => typeof part === "string" ? part : String(part)).join(
    "",
  );
  // On a terminal a progress bar may stand on this line; it is drawn again after the next answer.
  const clear = Deno.stderr.isTerminal() ? "\r\x1b[K" : "";
  const mark = record.level === "info" ? "" : `${record.level.toUpperCase()}: `;
  return `${clear}${mark}${text}\n`;
}

function writeToStderr(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += Deno.stderr.writeSync(bytes.subarray(done));
  } catch {
    // Nobody reads the log any more; that must not end a run.
  }
}
