import type { ResultFile } from "../../src/eval/result_schema.ts";
import { binomialUpperTail } from "../../src/stats/binomial_tail.ts";

/** Two evaluations of the same questions, question by question. */
export interface PairedOutcome {
  readonly total: number;
  readonly baseCorrect: number;
  readonly adapterCorrect: number;
  /** Questions that only the adapter got right, and that only the base got right. */
  readonly gained: number;
  readonly lost: number;
  /**
   * Exact two-sided McNemar test: twice the smaller binomial tail of the discordant pairs at 1/2
   * (McNemar 1947). 1 without any discordant pair.
   */
  readonly pValue: number;
}

/**
 * Compares two result files of the same questions.
 * @throws {RangeError} when they do not hold the same questions.
 */
export function pairOutcomes(base: ResultFile, adapter: ResultFile): PairedOutcome {
  const baseIsCorrect = new Map(base.results.map((one) => [one.index, one.is_correct]));
  if (
    baseIsCorrect.size !== adapter.results.length ||
    adapter.results.some(({ index }) => !baseIsCorrect.has(index))
  ) throw new RangeError("the two results are not of the same questions");
  const gained = adapter.results
    .filter((one) => one.is_correct && !baseIsCorrect.get(one.index)).length;
  const lost = adapter.results
    .filter((one) => !one.is_correct && baseIsCorrect.get(one.index)).length;
  return {
    total: adapter.results.length,
    baseCorrect: base.summary.correct_count,
    adapterCorrect: adapter.summary.correct_count,
    gained,
    lost,
    pValue: exactMcNemar(gained, lost),
  };
}

/** Two-sided exact p-value for `gained` against `lost` discordant pairs. */
export function exactMcNemar(gained: number, lost: number): number {
  const discordant = gained + lost;
  return Math.min(1, 2 * binomialUpperTail(Math.max(gained, lost), discordant, 0.5));
}
