import { DisjointSets } from "../leaks/disjoint_sets.ts";
import type { ExamItem } from "../leaks/exam_item.ts";
import { findNearDuplicates } from "../leaks/find_near_duplicates.ts";

/**
 * Puts together what must not be parted: items that share an article or whose wordings are nearly
 * the same, directly or over others (connected components). Two groups therefore never leak to
 * each other by what {@linkcode findLeaks} finds.
 * @returns indexes into `items`; each group and the list of groups in ascending order.
 */
export function groupItems(items: readonly ExamItem[]): number[][] {
  const sets = new DisjointSets(items.length);
  sets.joinByKeys(items.map(({ articles }) => articles.keys()));
  findNearDuplicates(items, items, (one, other) => sets.join(one, other));
  const groups = new Map<number, number[]>();
  for (const index of items.keys()) {
    const root = sets.rootOf(index);
    const known = groups.get(root);
    if (known === undefined) groups.set(root, [index]);
    else known.push(index);
  }
  return [...groups.values()];
}
