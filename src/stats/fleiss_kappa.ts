import { type Letter, LETTERS } from "../dataset/question.ts";

/** How far several raters agree. */
export interface Agreement {
  /** Questions that every rater rated. */
  readonly questions: number;
  /** Mean share of pairs of raters that agree on a question. */
  readonly pairwise: number;
  /** 1 for full agreement, 0 for what chance gives; absent where all ratings are one letter. */
  readonly kappa?: number;
}

/**
 * Fleiss' kappa of letters: the agreement of pairs beyond what the raters' letters would give if they
 * were shuffled over the questions.
 * Source: Fleiss, "Measuring nominal scale agreement among many raters", Psychol Bull 76 (1971).
 * @param ratings one row a question, one letter a rater, two raters or more.
 * @returns undefined without any question.
 */
export function fleissKappa(ratings: readonly (readonly Letter[])[]): Agreement | undefined {
  const [first] = ratings;
  if (first === undefined) return undefined;
  const raters = first.length;
  const totals = { a: 0, b: 0, c: 0, d: 0 };
  let agreeing = 0;
  for (const row of ratings) {
    for (const letter of LETTERS) {
      const count = row.filter((one) => one === letter).length;
      totals[letter] += count;
      agreeing += count * (count - 1);
    }
  }
  const pairwise = agreeing / (ratings.length * raters * (raters - 1));
  const byChance = LETTERS.reduce(
    (sum, letter) => sum + (totals[letter] / (ratings.length * raters)) ** 2,
    0,
  );
  return {
    questions: ratings.length,
    pairwise,
    // One letter alone: nothing else could have been expected.
    ...(LETTERS.some((letter) => totals[letter] === ratings.length * raters)
      ? {}
      : { kappa: (pairwise - byChance) / (1 - byChance) }),
  };
}
