import { type Confidence, CONFIDENCES, type Standing, STANDINGS } from "./citation.ts";

/** A unit of the corpus that a text cites. */
export interface CitedUnit {
  /** Its number in the store. */
  readonly unit: number;
  /** Number, in the store, of the row that is cited; the unit's first where none is, or not there. */
  readonly bestRow: number;
  readonly confidence: Confidence;
  /** From 0; units that one citation fits equally share it. */
  readonly rank: number;
}

/** One citation of a unit. */
export interface UnitCitation extends Omit<CitedUnit, "rank"> {
  readonly standing: Standing;
  /** Its number in the text, from 0. */
  readonly order: number;
  /** How much of the cited place the unit has: its paragraph 1, its item 2, its subitem 3 more. */
  readonly depth: number;
  /** True for an article between the two ends of 第五条から第七条まで. */
  readonly isInsideRange: boolean;
}

/**
 * Each unit once, at its best citation: the surest first; then what stands on a line of its own, on
 * the first line, on others; there what is cited oftener; then in the order of the text. Counting leaves
 * the first line in its order: what a question asks about comes first in it.
 */
export function rankCited(citations: readonly UnitCitation[]): CitedUnit[] {
  const counts = new Map<string, Set<number>>();
  for (const citation of citations) {
    const orders = counts.get(keyOf(citation));
    if (orders === undefined) counts.set(keyOf(citation), new Set([citation.order]));
    else orders.add(citation.order);
  }
  const sorted = citations.map((citation) => {
    const { confidence, isInsideRange, standing, order, depth } = citation;
    const count = standing === "first" ? 1 : counts.get(keyOf(citation))!.size;
    const place = [
      CONFIDENCES.indexOf(confidence),
      Number(isInsideRange),
      STANDINGS.indexOf(standing),
      -count,
      order,
      -depth,
    ];
    return { citation, place };
  }).sort((a, b) => compare(a.place, b.place) || a.citation.unit - b.citation.unit);
  const found = new Map<number, CitedUnit>();
  let rank = -1;
  let last: readonly number[] = [];
  for (const { citation: { unit, bestRow, confidence }, place } of sorted) {
    if (found.has(unit)) continue;
    if (compare(last, place) !== 0) rank++;
    last = place;
    found.set(unit, { unit, bestRow, confidence, rank });
  }
  return [...found.values()];
}

function keyOf({ unit, confidence, standing }: UnitCitation): string {
  return `${unit} ${confidence} ${standing}`;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? -Infinity) - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
