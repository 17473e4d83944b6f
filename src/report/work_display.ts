import { duration } from "./duration.ts";
import { createTerminalBar } from "./terminal_bar.ts";

/** How far a long piece of work is. */
export interface WorkProgress {
  readonly done: number;
  readonly total: number;
  /** About how long the rest takes; absent: by what was done since the first time. */
  readonly secondsLeft?: number;
}

/** Shows how far something is, with sentences in between. */
export interface WorkDisplay {
  update(progress: WorkProgress): void;
  /** Prints a sentence, on a line of its own. */
  note(line: string): void;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

/** A bar on a terminal. */
export function createWorkBar(
  what: string,
  print: (line: string) => void,
  stream?: NodeJS.WritableStream,
  now: () => number = () => performance.now(),
): WorkDisplay {
  const bar = createTerminalBar({
    format: `{bar} {percentage} %  {doneText}/{totalText} ${what}  ETA {left}`,
    stream,
  });
  const left = leftTeller(now);
  return {
    update(progress) {
      const { done, total } = progress;
      bar.update(done, total, {
        doneText: count(done),
        totalText: count(total),
        left: left(progress) ?? "?",
      });
    },
    note(line) {
      // The bar is drawn again below it.
      print(bar.isDrawn ? `\r\x1b[K${line}` : line);
    },
    stop: bar.stop,
  };
}

/** One line for every twentieth, for logs and pipes. */
export function createWorkLines(
  what: string,
  print: (line: string) => void,
  now: () => number = () => performance.now(),
): WorkDisplay {
  const leftOf = leftTeller(now);
  let shown: number | undefined;
  return {
    update(progress) {
      const { done, total } = progress;
      const left = leftOf(progress);
      const twentieth = total === 0 ? 20 : Math.floor(20 * done / total);
      const before = shown ?? twentieth;
      shown = twentieth;
      if (twentieth <= before) return;
      const eta = left === undefined || done === total ? "" : `  ETA ${left}`;
      print(`${5 * twentieth} %  ${count(done)}/${count(total)} ${what}${eta}`);
    },
    note: print,
    stop() {},
  };
}

function leftTeller(now: () => number): (progress: WorkProgress) => string | undefined {
  let first: { at: number; done: number } | undefined;
  return ({ done, total, secondsLeft }) => {
    first ??= { at: now(), done };
    const rate = (done - first.done) / (now() - first.at);
    const seconds = secondsLeft ?? (rate > 0 ? (total - done) / rate / 1000 : undefined);
    return seconds === undefined ? undefined : duration(seconds);
  };
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
