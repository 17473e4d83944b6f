import process from "node:process";
import cliProgress from "cli-progress";

/** How a bar looks. */
export interface TerminalBarOptions {
  /** As cli-progress takes it; `{name}` is the payload's. */
  readonly format: string;
  readonly stream?: NodeJS.WritableStream;
  /** Updates that `{eta_formatted}` is reckoned from. */
  readonly etaBuffer?: number;
}

/** A bar on a terminal, drawn from its first update on until it is stopped. */
export interface TerminalBar {
  update(value: number, total: number, payload: Readonly<Record<string, unknown>>): void;
  /** True while it stands on the terminal. */
  readonly isDrawn: boolean;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

/** Creates a bar; nothing is drawn yet. */
export function createTerminalBar(
  { format, stream = process.stderr, etaBuffer }: TerminalBarOptions,
): TerminalBar {
  const bar = new cliProgress.SingleBar({
    format,
    stream,
    hideCursor: true,
    gracefulExit: false,
    ...(etaBuffer === undefined ? {} : { etaBuffer }),
  }, cliProgress.Presets.shades_classic);
  let state: "waiting" | "drawn" | "stopped" = "waiting";
  return {
    update(value, total, payload) {
      if (state === "stopped") return;
      if (state === "drawn") bar.update(value, payload);
      else bar.start(total, value, payload);
      state = "drawn";
    },
    get isDrawn() {
      return state === "drawn";
    },
    stop() {
      if (state === "drawn") bar.stop();
      state = "stopped";
    },
  };
}
