import { type Confidence, CONFIDENCES, type Standing, STANDINGS } from "./citation.ts";

/** A unit of the corpus that a text cites. */
export interface CitedUnit {
  /** Its number in the store. */
  readonly unit: number;
  /** Number, in the store, of the row that is cited; the unit's first where none is, or not there. */
  readonly bestRow: number;
  readonly confidence: Confidence;
  readonly standing: Standing;
  /** True for an article between the two ends of 第五条から第七条まで. */
  readonly isInsideRange: boolean;
  /** From 0; units that one citation fits equally share it. */
  readonly rank: number;
}

/** One citation of a unit. */
export interface UnitCitation extends Omit<CitedUnit, "rank"> {
  /** True where no other citation follows on its line but those joined to it. */
  readonly isLastOfLine: boolean;
  /** Its number in the text, from 0. */
  readonly order: number;
  /** How much of the cited place the unit has: its paragraph 1, its item 2, its subitem 3 more. */
  readonly depth: number;
}

/**
 * Each unit once, at its best citation: the surest first; then what stands on a line of its own, on
 * the first line, on others; there what is cited oftener, and what is oftener the last on its line, for
 * a Japanese sentence ends with what it is about; then in the order of the text. Counting leaves
 * the first line in its order: what a question asks about comes first in it.
 */
export function rankCited(citations: readonly UnitCitation[]): CitedUnit[] {
  const counts = countCitations(citations);
  const sorted = citations.map((citation) => {
    const { confidence, isInsideRange, standing, order, depth } = citation;
    const { all, last } = standing === "first" ? ONCE : counts.get(keyOf(citation))!;
    const place = [
      CONFIDENCES.indexOf(confidence),
      Number(isInsideRange),
      STANDINGS.indexOf(standing),
      -all.size,
      -last.size,
      order,
      -depth,
    ];
    return { citation, place };
  }).sort((a, b) => compare(a.place, b.place) || a.citation.unit - b.citation.unit);
  const found = new Map<number, CitedUnit>();
  let rank = -1;
  let last: readonly number[] = [];
  for (const { citation, place } of sorted) {
    const { unit, bestRow, confidence, standing, isInsideRange } = citation;
    if (found.has(unit)) continue;
    if (compare(last, place) !== 0) rank++;
    last = place;
    found.set(unit, { unit, bestRow, confidence, standing, isInsideRange, rank });
  }
  return [...found.values()];
}

/** How often something is cited: the numbers of all its citations, and of those last on a line. */
interface Counts {
  readonly all: Set<number>;
  readonly last: Set<number>;
}

const ONCE: Counts = { all: new Set([0]), last: new Set() };

function countCitations(citations: readonly UnitCitation[]): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const citation of citations) {
    const key = keyOf(citation);
    const known = counts.get(key) ?? { all: new Set(), last: new Set() };
    known.all.add(citation.order);
    if (citation.isLastOfLine) known.last.add(citation.order);
    counts.set(key, known);
  }
  return counts;
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
