import type { ExamItem } from "../leaks/exam_item.ts";
import { findNearDuplicates } from "../leaks/find_near_duplicates.ts";

/**
 * Puts together what must not be parted: items that share an article or whose wordings are nearly
 * the same, directly or over others (connected components). Two groups therefore never leak to
 * each other by what {@linkcode findLeaks} finds.
 * @returns indexes into `items`; each group and the list of groups in ascending order.
 */
export function groupItems(items: readonly ExamItem[]): number[][] {
  const roots = items.map((_, index) => index);
  const rootOf = (index: number): number => {
    while (roots[index] !== index) index = roots[index] = roots[roots[index]!]!;
    return index;
  };
  const join = (one: number, other: number) => {
    const [first, second] = [rootOf(one), rootOf(other)];
    roots[Math.max(first, second)] = Math.min(first, second);
  };
  const firstOf = new Map<string, number>();
  for (const [index, { articles }] of items.entries()) {
    for (const key of articles.keys()) {
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, index);
      else join(first, index);
    }
  }
  findNearDuplicates(items, items, join);
  const groups = new Map<number, number[]>();
  for (const index of items.keys()) {
    const root = rootOf(index);
    const known = groups.get(root);
    if (known === undefined) groups.set(root, [index]);
    else known.push(index);
  }
  return [...groups.values()];
}
