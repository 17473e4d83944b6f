import { type Letter, LETTERS } from "../dataset/question.ts";
import { binomialUpperTail } from "./binomial_tail.ts";
import { findLetterTakeover, type LetterCounts } from "./letter_takeover.ts";

/** Whether the most frequent letter is more frequent than chance explains. */
export interface LetterExcess {
  readonly letter: Letter;
  readonly count: number;
  /** All answers with a letter. */
  readonly answered: number;
  /** The letter's share where nothing is wrong: among the expected answers, at least 1/4. */
  readonly expectedShare: number;
  readonly pValue: number;
  /** True for what an evaluation warns of; see {@linkcode findLetterTakeover}. */
  readonly isCollapse: boolean;
}

/**
 * Exact one-sided binomial test of the most frequent letter, P(X ≥ count) for X ~ Binomial(answered,
 * expected share) (Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the
 * case of the binomial", Biometrika 26, 1934), times four for having looked at four letters
 * (Bonferroni's inequality; Dunn, "Multiple comparisons among means", JASA 56, 1961). Undefined
 * without any letter. The same p-value that {@linkcode findLetterTakeover} goes by.
 * @param expected how often each letter is right; all equal where no letter should be preferred.
 */
export function letterExcess(
  counts: LetterCounts,
  expected: LetterCounts,
): LetterExcess | undefined {
  const total = (of: LetterCounts) => LETTERS.reduce((sum, letter) => sum + of[letter], 0);
  const answered = total(counts);
  if (answered === 0) return undefined;
  const letter = LETTERS.reduce((best, next) => counts[next] > counts[best] ? next : best);
  const fair = 1 / LETTERS.length;
  const expectedShare = Math.max(expected[letter] / (total(expected) || Infinity), fair);
  const tail = binomialUpperTail(counts[letter], answered, expectedShare);
  return {
    letter,
    count: counts[letter],
    answered,
    expectedShare,
    pValue: Math.min(1, LETTERS.length * tail),
    isCollapse: findLetterTakeover(counts, total(expected) > 0 ? expected : counts) !== undefined,
  };
}
