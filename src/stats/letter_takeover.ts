import { type Letter, LETTERS } from "../dataset/question.ts";
import { binomialUpperTail } from "./binomial_tail.ts";

/** How often each letter occurs. */
export type LetterCounts = Readonly<Record<Letter, number>>;

/** One letter given far more often than a model without preference would. */
export interface LetterTakeover {
  readonly letter: Letter;
  readonly count: number;
  /** Answers with any letter. */
  readonly answered: number;
  /** Share expected of this letter: its share of the correct answers, at least 1/4. */
  readonly expectedShare: number;
  /** Exact, times four for having looked at four letters. */
  readonly pValue: number;
}

/** Below this p-value chance is no explanation. */
const SIGNIFICANCE = 0.01;

/**
 * Tells a collapsed model from chance: the most predicted letter takes over when it has more than
 * half of all answers and an exact one-sided binomial test, Bonferroni-corrected for the choice of
 * the letter, rejects "as often as it is correct, or one in four". Undefined when none does.
 */
export function findLetterTakeover(
  predicted: LetterCounts,
  gold: LetterCounts,
): LetterTakeover | undefined {
  const answered = LETTERS.reduce((sum, letter) => sum + predicted[letter], 0);
  const questions = LETTERS.reduce((sum, letter) => sum + gold[letter], 0);
  if (answered === 0) return undefined;
  const letter = LETTERS.reduce((best, next) => predicted[next] > predicted[best] ? next : best);
  const count = predicted[letter];
  const expectedShare = Math.max(gold[letter] / questions, 1 / LETTERS.length);
  const pValue = Math.min(
    1,
    LETTERS.length * binomialUpperTail(count, answered, expectedShare),
  );
  if (count * 2 <= answered || pValue >= SIGNIFICANCE) return undefined;
  return { letter, count, answered, expectedShare, pValue };
}
