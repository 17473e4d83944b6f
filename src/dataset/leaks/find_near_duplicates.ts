import { countSharedGrams } from "./count_shared_grams.ts";
import type { ExamItem } from "./exam_item.ts";

/**
 * Least Jaccard similarity (shared grams / all grams of both) of near duplicates, by grams of
 * three characters over question and choices. Of lawqa_jp's 9,623 pairs of questions that have no
 * article in common the most similar have 0.42, one in a hundred has 0.18, and the median is 0.05;
 * of the 28,263 such pairs of the machine-made demo questions two reach 0.6. A quarter of a text
 * can be written anew before it falls below, (1 − x) / (1 + x) ≥ 0.6, or every twelfth character
 * changed (mean over the 140: 0.61).
 */
export const NEAR_JACCARD = 0.6;

/**
 * Least share of a question's grams that stand in another text, where that text does not show which
 * part of it is the question. A context in such a text shares words with every question about it:
 * of lawqa_jp's questions and the prompts of others about other articles, with their contexts, the
 * closest pair has 0.79 and one in a thousand 0.57; a question and its own prompt have at least 0.98.
 */
export const NEAR_CONTAINMENT = 0.9;

/**
 * Calls `found` for every pair of a left and a right item (their indexes) whose wordings are nearly
 * or wholly the same, in no order. The similarity is Jaccard's, or containment where one text does
 * not show its question; items of the same wording have 1.
 */
export function findNearDuplicates(
  left: readonly ExamItem[],
  right: readonly ExamItem[],
  found: (left: number, right: number, similarity: number) => void,
): void {
  const [plainLeft, looseLeft] = apart(left);
  const [plainRight, looseRight] = apart(right);
  const compare = (
    leftItems: readonly Placed[],
    rightItems: readonly Placed[],
    setOf: (item: ExamItem) => ReadonlySet<string>,
    measure: (shared: number, left: number, right: number) => { value: number; least: number },
  ) => {
    const leftSets = leftItems.map(({ item }) => setOf(item));
    const rightSets = rightItems.map(({ item }) => setOf(item));
    countSharedGrams(leftSets, rightSets, (i, j, shared) => {
      const { value, least } = measure(shared, leftSets[i]!.size, rightSets[j]!.size);
      if (value < least) return;
      found(leftItems[i]!.place, rightItems[j]!.place, value);
    });
  };
  const jaccard = (shared: number, a: number, b: number) => ({
    value: shared / (a + b - shared),
    least: NEAR_JACCARD,
  });
  const grams = ({ grams }: ExamItem) => grams;
  compare(plainLeft, plainRight, grams, jaccard);
  compare(plainLeft, looseRight, grams, (shared, a) => contained(shared, a));
  compare(looseLeft, plainRight, grams, (shared, _, b) => contained(shared, b));
  compare(looseLeft, looseRight, ({ ownGrams, grams }) => ownGrams ?? grams, jaccard);
}

interface Placed {
  readonly item: ExamItem;
  readonly place: number;
}

function contained(shared: number, size: number): { value: number; least: number } {
  return { value: shared / size, least: NEAR_CONTAINMENT };
}

/** Items that show question and choices, and the others. */
function apart(items: readonly ExamItem[]): [Placed[], Placed[]] {
  const placed = items.map((item, place) => ({ item, place }));
  return [
    placed.filter(({ item }) => item.wording !== undefined),
    placed.filter(({ item }) => item.wording === undefined),
  ];
}
