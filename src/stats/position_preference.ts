import { CHOICE_ORDERS } from "../dataset/choice_orders.ts";
import { type Letter, LETTERS } from "../dataset/question.ts";
import type { LetterCounts } from "./letter_takeover.ts";

/** One question's answers: for each of the four orders the letter given, or none. */
export type ShownLetters = readonly (Letter | "unknown")[];

/** Whether one letter is given more often than what stands there explains. */
export interface PositionPreference {
  /** Given most often; of equal ones the first. */
  readonly letter: Letter;
  readonly count: number;
  /** Answers with a letter. */
  readonly answered: number;
  readonly counts: LetterCounts;
  readonly questions: number;
  /** Exact, times four for the choice of the letter. */
  readonly pValue: number;
}

/**
 * Exact permutation test of "which place a choice stands at makes no difference". Under it the
 * choices that a question got over its four orders might as well have come in any other of the 4! ways
 * over these orders, and how often a letter is given follows from which choices were taken alone:
 * since every choice stands at each letter once, one in four on average, whichever choices are right
 * or attractive. Only answers within a question are exchanged, so that its four answers may depend on
 * each other as they like, and a question that got one choice in all orders says nothing either way.
 * The p-value is the chance that the letter given most often is given at least so often, built up
 * question by question, times four for having looked at four letters. An answer without a letter is
 * exchanged as one.
 *
 * Sources: permutation test within blocks, Fisher, "The design of experiments" (1935), section 21, and
 * Pitman, "Significance tests which may be applied to samples from any populations III", Biometrika
 * 29 (1938); Bonferroni's inequality (Dunn, "Multiple comparisons among means", JASA 56, 1961). For
 * what is measured: Zheng, Zhou, Meng, Zhou and Huang, "Large language models are not robust multiple
 * choice selectors", ICLR 2024.
 * @param questions the letters as shown, in the order of `CHOICE_ORDERS`.
 * @returns undefined without any letter.
 * @throws {RangeError} unless every question has four answers.
 */
export function positionPreference(
  questions: readonly ShownLetters[],
): PositionPreference | undefined {
  const counts = { a: 0, b: 0, c: 0, d: 0 };
  for (const letters of questions) {
    if (letters.length !== CHOICE_ORDERS.length) {
      throw new RangeError(`A question has ${letters.length} answers instead of four`);
    }
    for (const letter of letters) if (letter !== "unknown") counts[letter]++;
  }
  const answered = LETTERS.reduce((sum, letter) => sum + counts[letter], 0);
  if (answered === 0) return undefined;
  const letter = LETTERS.reduce((best, next) => counts[next] > counts[best] ? next : best);
  const place = LETTERS.indexOf(letter);
  const tail = upperTail(questions.map((letters) => countChances(letters, place)), counts[letter]);
  return {
    letter,
    count: counts[letter],
    answered,
    counts,
    questions: questions.length,
    pValue: Math.min(1, LETTERS.length * tail),
  };
}

/** All 24 ways to hand four answers to the four orders. */
const ASSIGNMENTS = permutations([0, 1, 2, 3]);

/** Chance of 0 to 4 answers at a place, over all ways to hand a question's choices to the orders. */
function countChances(letters: ShownLetters, place: number): number[] {
  const choices = letters.map((letter, order) =>
    letter === "unknown" ? undefined : CHOICE_ORDERS[order]![LETTERS.indexOf(letter)]!
  );
  const chances = [0, 0, 0, 0, 0];
  for (const assignment of ASSIGNMENTS) {
    const count = assignment.filter((answer, order) =>
      choices[answer] === CHOICE_ORDERS[order]![place]
    ).length;
    chances[count]! += 1 / ASSIGNMENTS.length;
  }
  return chances;
}

/** P(sum ≥ least) of independent counts. */
function upperTail(counts: readonly (readonly number[])[], least: number): number {
  let sums = [1];
  let sure = 0;
  for (const chances of counts) {
    // Most questions get one choice in all orders, and so each letter once.
    const only = chances.findIndex((chance) => chance > 1 - 1e-9);
    if (only >= 0) {
      sure += only;
      continue;
    }
    const next = new Array<number>(sums.length + chances.length - 1).fill(0);
    sums.forEach((chance, sum) => {
      if (chance === 0) return;
      chances.forEach((more, count) => next[sum + count]! += chance * more);
    });
    sums = next;
  }
  // From the smallest terms up, which keeps a small tail exact.
  return sums.slice(Math.max(0, least - sure)).reduceRight((tail, chance) => tail + chance, 0);
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest])
  );
}
