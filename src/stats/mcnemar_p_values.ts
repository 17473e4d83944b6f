import { binomialUpperTail } from "./binomial_tail.ts";

/** How a paired comparison of right and wrong answers came out; two-sided p-values. */
export interface McNemarPValues {
  /** Exact conditional p-value: never rejects more often than it says. */
  readonly exact: number;
  /** Mid-p: closer to the nominal level, not guaranteed. */
  readonly midP: number;
}

/**
 * McNemar's test of "as many changed one way as the other": of the questions that changed, the number
 * that were gained is Binomial(gained + lost, 1/2).
 * Sources: McNemar, Psychometrika 12 (1947); exact p and mid-p as in Fagerland, Lydersen, Laake, "The
 * McNemar test for binary matched-pairs data", BMC Med Res Methodol 13:91 (2013).
 * @param gained questions right only in the second run.
 * @param lost questions right only in the first run.
 */
export function mcNemarPValues(gained: number, lost: number): McNemarPValues {
  const changed = gained + lost;
  if (changed === 0) return { exact: 1, midP: 1 };
  const more = Math.max(gained, lost);
  const tail = binomialUpperTail(more, changed, 0.5);
  const point = tail - binomialUpperTail(more + 1, changed, 0.5);
  return gained === lost
    ? { exact: 1, midP: 1 - point / 2 }
    : { exact: Math.min(1, 2 * tail), midP: 2 * tail - point };
}
