import type { QuestionPair } from "./pair_questions.ts";

/** Right answers of both runs in one group of questions. */
export interface GroupCounts {
  readonly group: string;
  readonly total: number;
  readonly firstRight: number;
  readonly secondRight: number;
  /** Right only in the second run. */
  readonly gained: number;
  /** Right only in the first run. */
  readonly lost: number;
}

/** Right answers by group, the largest group first. */
export function breakdown(
  pairs: readonly QuestionPair[],
  groupOf: (pair: QuestionPair) => string,
): GroupCounts[] {
  return [...Map.groupBy(pairs, groupOf)].map(([group, members]) => {
    const count = (isCounted: (first: boolean, second: boolean) => boolean) =>
      members.filter(({ first, second }) =>
        isCounted(first.outcome === "correct", second.outcome === "correct")
      ).length;
    return {
      group,
      total: members.length,
      firstRight: count((first) => first),
      secondRight: count((_, second) => second),
      gained: count((first, second) => !first && second),
      lost: count((first, second) => first && !second),
    };
  }).toSorted((x, y) => y.total - x.total);
}
