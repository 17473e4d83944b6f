import { configureSync, type LogLevel, type LogRecord } from "@logtape/logtape";
import { canDraw } from "./can_draw.ts";
import { writeText } from "./print.ts";

/** Sends log lines to stderr, from `level` up. */
export function setUpLog(level: LogLevel): void {
  configureSync({
    reset: true,
    sinks: { stderr: (record) => writeText(Deno.stderr, formatRecord(record)) },
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
  const clear = canDraw(Deno.stderr) ? "\r\x1b[K" : "";
  const mark = record.level === "info" ? "" : `${record.level.toUpperCase()}: `;
  return `${clear}${mark}${text}\n`;
}
