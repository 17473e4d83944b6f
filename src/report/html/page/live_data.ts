/** Where a run stands: not begun, going on, ended before its end, complete, unreadable. */
export type LiveState = "waiting" | "running" | "stopped" | "finished" | "damaged";

/** One run as the live page shows it. */
export interface LiveRun {
  readonly name: string;
  /** Of its result file. */
  readonly path: string;
  readonly state: LiveState;
  /** Why it can't be read. */
  readonly message?: string;
  readonly model?: string;
  /** Questions of the whole run; absent before it has begun. */
  readonly total?: number;
  readonly done: number;
  /** Of the answers until now, with its 95 % Wilson interval. */
  readonly accuracy?: {
    readonly count: number;
    readonly total: number;
    readonly share: number;
    readonly interval: { readonly low: number; readonly high: number };
  };
  readonly outcomes: Readonly<Record<string, number>>;
  readonly letters: Readonly<Record<string, number>>;
  readonly takeover?: {
    readonly letter: string;
    readonly count: number;
    readonly answered: number;
  };
  readonly secondsAnAnswer?: number;
  readonly secondsLeft?: number;
  readonly secondsSinceAnswer?: number;
}

/** What two runs got right of the questions that both have answered until now. */
export interface LiveComparison {
  readonly first: string;
  readonly second: string;
  readonly questions: number;
  readonly firstRight: number;
  readonly secondRight: number;
  readonly gained: number;
  readonly lost: number;
}

/** What the live page asks for again and again. */
export interface LiveData {
  readonly runs: readonly LiveRun[];
  readonly comparisons: readonly LiveComparison[];
  /** Every run is finished: the page is to be loaded again, and is the report then. */
  readonly isFinished: boolean;
}
