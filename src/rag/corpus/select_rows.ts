import { UsageError } from "../../settings/usage_error.ts";
import { foldWidth } from "../cite/fold_width.ts";
import type { Place } from "../cite/place.ts";
import type { StoredRow, StoredUnit } from "../index/corpus_store.ts";
import { isInRange } from "./is_in_range.ts";
import { listNames, nameOfUnit } from "./name_of_unit.ts";
import { printedNumber } from "./printed_number.ts";

/** A row that is shown. */
export interface SelectedRow {
  readonly row: StoredRow;
  /** True for the text above an item (柱書), which was not asked for but says what the item is of. */
  readonly isParent: boolean;
}

/** A unit with those of its rows that are shown. */
export interface SelectedUnit {
  readonly unit: StoredUnit;
  readonly selected: readonly SelectedRow[];
}

/**
 * The units that have what a place names, of several with one name, as two 別表第一.
 * @throws {UsageError} when none of them has it; see {@linkcode selectRows}.
 */
export function selectFromUnits(
  units: readonly { readonly unit: StoredUnit; readonly rows: readonly StoredRow[] }[],
  part: Part,
): SelectedUnit[] {
  let refusal: unknown;
  const found = units.flatMap(({ unit, rows }): SelectedUnit[] => {
    try {
      return [{ unit, selected: selectRows(unit, rows, part) }];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      refusal ??= error;
      return [];
    }
  });
  if (found.length === 0 && refusal !== undefined) throw refusal;
  return found;
}

/** What of a unit is shown. */
type Part = Pick<Place, "paragraph" | "item" | "subitems">;

/**
 * The rows of a unit that a place names, in order: all of them, a paragraph with its items, or an item
 * with what stands below it and the text above it.
 * @throws {UsageError} when there is no such paragraph or item, or it stands in several paragraphs; it
 * says what there is.
 */
export function selectRows(
  unit: StoredUnit,
  rows: readonly StoredRow[],
  { paragraph, item, subitems = [] }: Part,
): SelectedRow[] {
  const where = `${unit.lawTitle}${nameOfUnit(unit)}`;
  const paragraphOf = paragraphsOf(unit, rows);
  const inParagraph = paragraph === undefined
    ? rows
    : rows.filter((row) => paragraphOf(row) === paragraph);
  if (inParagraph.length === 0) {
    throw missing(
      where,
      `第${inKanji(paragraph!)}項`,
      rows.map(paragraphOf),
      "項",
    );
  }
  if (item === undefined) return inParagraph.map((row) => ({ row, isParent: false }));

  const above = paragraph === undefined ? where : `${where}第${inKanji(paragraph)}項`;
  const ofItem = inParagraph.filter((row) => row.item === item || isInRange(item, row.item));
  if (ofItem.length === 0) {
    throw missing(above, itemName(item), inParagraph.map((row) => row.item), "号");
  }
  const paragraphs = new Set(ofItem.map(({ paragraph }) => paragraph));
  if (paragraphs.size > 1) {
    const names = ofItem.map((row) => paragraphName(row.paragraph) + itemName(item));
    throw new UsageError(
      `${where} has ${itemName(item)} in several 項: ${listNames(names)}. Name one.`,
    );
  }
  const wanted = ofItem.filter((row) => startsWith(row.subitems ?? [], subitems));
  if (wanted.length === 0) {
    const siblings = ofItem.filter((row) => startsWith(row.subitems ?? [], subitems.slice(0, -1)))
      .map((row) => row.subitems?.[subitems.length - 1]);
    throw missing(
      above + itemName(item) + subitems.slice(0, -1).join(""),
      subitems.at(-1)!,
      siblings,
      "細目",
    );
  }
  const chosen = new Set(wanted);
  const block = rows.filter((row) => row.paragraph === wanted[0]!.paragraph);
  const firstItem = block.findIndex((row) => row.item !== undefined);
  return block.flatMap((row, index): SelectedRow[] => {
    if (chosen.has(row)) return [{ row, isParent: false }];
    const isHead = index < firstItem && row.kind === "paragraph";
    const isOver = row.kind === "item" && row.item === wanted[0]!.item &&
      (row.subitems ?? []).length < subitems.length && startsWith(subitems, row.subitems ?? []);
    return isHead || isOver ? [{ row, isParent: true }] : [];
  });
}

/** 第三号の二 for `3_2`. */
export function itemName(num: string): string {
  if (num.includes(":")) return `${num.split(":").map(itemName).join("から")}まで`;
  const [first, ...branches] = num.split("_");
  return `第${inKanji(first!)}号${branches.map((part) => `の${inKanji(part)}`).join("")}`;
}

/** Gives a row's paragraph; an article of one paragraph may come without its number. */
function paragraphsOf({ provision }: StoredUnit, rows: readonly StoredRow[]) {
  const isNumbered = rows.some(({ paragraph }) => paragraph !== undefined);
  const only = isNumbered || provision === "appendix" ? undefined : "1";
  return ({ paragraph }: StoredRow) => paragraph ?? only;
}

function paragraphName(paragraph: string | undefined): string {
  return paragraph === undefined ? "" : `第${inKanji(paragraph)}項`;
}

function startsWith(whole: readonly string[], start: readonly string[]): boolean {
  return start.every((part, at) => foldWidth(whole[at] ?? "") === foldWidth(part));
}

function inKanji(num: string): string {
  return printedNumber(num) ?? num;
}

function missing(
  where: string,
  what: string,
  there: readonly (string | undefined)[],
  kind: "項" | "号" | "細目",
): UsageError {
  const names = there.filter((num) => num !== undefined)
    .map((num) => kind === "項" ? paragraphName(num) : kind === "号" ? itemName(num) : num);
  return new UsageError(
    `${where} has no ${what}. It has ${names.length === 0 ? `no ${kind}` : listNames(names, 24)}.`,
  );
}
