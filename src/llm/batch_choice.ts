/** How many questions go into one pass: a number, or what turns out to be faster. */
export type BatchSize = number | "auto";

/** Longer answers are not worth waiting for each other, in tokens. */
export const SHORT_ANSWER = 32;
/** Questions of a batch that is tried out. */
export const AUTO_BATCH = 4;
/**
 * Answers that are timed one by one; the very first one of a run is not among them. As many as a
 * question has orders: of these one is read as a whole, and the others share its start.
 */
const TIMED_SINGLES = 4;

/**
 * Reusing what prompts share and reading several at once exclude each other. With "auto" both are
 * timed on a run's first questions, and the faster one is used for the rest.
 */
export class BatchChoice {
  readonly #singles: number[] = [];
  #answers = 0;
  #chosen: number | undefined;

  /** @param onChosen told once, with the seconds a question took either way. */
  constructor(
    wanted: BatchSize,
    readonly onChosen: (size: number, single: number, batched: number) => void = () => {},
  ) {
    if (wanted !== "auto") this.#chosen = wanted;
  }

  /** How many of the waiting questions to read next. */
  next(waiting: number): number {
    if (this.#chosen !== undefined) return Math.min(this.#chosen, waiting);
    return this.#singles.length < TIMED_SINGLES || waiting < AUTO_BATCH ? 1 : AUTO_BATCH;
  }

  /** Takes the seconds a question took, read alone or with others. */
  record(size: number, secondsPerQuestion: number): void {
    if (this.#chosen !== undefined) return;
    const isFirst = this.#answers++ === 0;
    if (size === 1) {
      if (!isFirst) this.#singles.push(secondsPerQuestion);
      return;
    }
    const single = this.#singles.reduce((sum, seconds) => sum + seconds, 0) / this.#singles.length;
    this.#chosen = secondsPerQuestion < single ? size : 1;
    this.onChosen(this.#chosen, single, secondsPerQuestion);
  }

  /** Memory did not suffice for a batch. */
  giveUp(): void {
    this.#chosen = 1;
  }
}
