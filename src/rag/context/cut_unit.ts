import type { StoredRow, StoredUnit } from "../index/corpus_store.ts";
import { sentenceEnds } from "../vector/cut_at_sentence.ts";
import { largestThatFits } from "./largest_that_fits.ts";
import { type RenderedUnit, renderUnit } from "./render_unit.ts";

/** What of a unit is not in its text. */
export interface UnitCut {
  /** Rows of which nothing is there. */
  readonly rowsLeftOut: number;
  /** Rows whose end is not there; at most one. */
  readonly rowsShortened: number;
  /** UTF-16 units of the rows that are not there. */
  readonly charactersLeftOut: number;
  /** The same of the whole unit. */
  readonly charactersTotal: number;
  /** True where even the row that fits best is not whole. */
  readonly isBestRowShortened: boolean;
}

/** A unit as text, perhaps not the whole of it. */
export interface CutUnit extends RenderedUnit {
  /** Absent where everything is there. */
  readonly cut?: UnitCut;
}

/** What is cut, and how it is shown. */
export interface CutInput {
  readonly unit: StoredUnit;
  /** All its rows, in order. */
  readonly rows: readonly StoredRow[];
  /** Number, in the store, of the row to keep first; a foreign one counts as the first row. */
  readonly bestRow: number;
  readonly isMarked?: boolean;
}

/**
 * The unit, or as much of it as fits: its best row, the rows that this one belongs to (its item, its
 * paragraph), and then the rows nearest to it; the last one of them may end early, with a sentence.
 * @param fits whether a text fits; it is asked about no text much longer than what fits.
 * @returns undefined where not even the first sentence of the best row fits.
 */
export function cutUnit(
  { unit, rows, bestRow, isMarked = false }: CutInput,
  fits: (text: string) => boolean,
): CutUnit | undefined {
  const best = Math.max(0, rows.findIndex(({ row }) => row === bestRow));
  const markedRow = isMarked ? rows[best]!.row : undefined;
  const render = (kept: readonly number[]) =>
    renderUnit(unit, rows, { kept, ...(markedRow === undefined ? {} : { markedRow }) });

  const order = byNeed(rows, best);
  const withRows = (count: number): number[] => {
    const kept = rows.map(() => 0);
    for (const index of order.slice(0, count)) kept[index] = rows[index]!.text.length;
    return kept;
  };
  const whole = largestThatFits(rows.length, (count) => fits(render(withRows(count)).text));
  let kept = withRows(whole);
  const next = order[whole];
  if (next !== undefined) {
    // The last end is the row's own, and the whole row does not fit.
    const ends = sentenceEnds(rows[next]!.text).slice(0, -1);
    const withSentences = (count: number) => {
      const length = ends[count - 1] ?? 0;
      // A start of blanks is nothing.
      const isText = rows[next]!.text.slice(0, length).trim() !== "";
      return kept.with(next, isText ? length : 0);
    };
    const sentences = largestThatFits(
      ends.length,
      (count) => fits(render(withSentences(count)).text),
    );
    kept = withSentences(sentences);
    if (whole === 0 && kept[next] === 0) return undefined;
  }
  const cut = describeCut(rows, kept, best);
  return { ...render(kept), ...(cut === undefined ? {} : { cut }) };
}

/** Places of the rows: the best one, those above it from near to far, then by distance from it. */
function byNeed(rows: readonly StoredRow[], best: number): number[] {
  const above: number[] = [];
  let depth = depthOf(rows[best]!);
  for (let index = best - 1; index >= 0 && depth > 0; index--) {
    const row = rows[index]!;
    if (row.paragraph !== rows[best]!.paragraph) break;
    if (depthOf(row) >= depth) continue;
    above.push(index);
    depth = depthOf(row);
  }
  const first = [best, ...above];
  const others = rows.keys().filter((index) => !first.includes(index)).toArray();
  // What stands before comes first: a rule is stated, then refined.
  others.sort((a, b) => Math.abs(a - best) - Math.abs(b - best) || a - b);
  return [...first, ...others];
}

function depthOf({ item, subitems }: StoredRow): number {
  return (item === undefined ? 0 : 1) + (subitems?.length ?? 0);
}

function describeCut(
  rows: readonly StoredRow[],
  kept: readonly number[],
  best: number,
): UnitCut | undefined {
  const lengths = rows.map(({ text }) => text.length);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const charactersTotal = sum(lengths);
  const charactersLeftOut = charactersTotal - sum(kept);
  if (charactersLeftOut === 0) return undefined;
  return {
    rowsLeftOut: kept.filter((length) => length === 0).length,
    rowsShortened: kept.filter((length, at) => length > 0 && length < lengths[at]!).length,
    charactersLeftOut,
    charactersTotal,
    isBestRowShortened: kept[best]! < lengths[best]!,
  };
}
