import type { GivenMark, RowData } from "./page_data.ts";

/** Which questions the list shows. */
export interface RowFilter {
  /** As the page's choice names it, e.g. `wrong` or `gained-1`. */
  readonly show: string;
  /** Empty for all. */
  readonly law: string | undefined;
  /** Words that must all occur, as searches compare them. */
  readonly words: readonly string[];
}

/** A column to sort by: a number is a run's answer. */
export type SortKey = "n" | "law" | "text" | "gold" | "change" | number;

/** Whether a question is shown. */
export function isShown(
  row: RowData,
  { show, law, words }: RowFilter,
  searchText: () => string,
): boolean {
  if (law !== undefined && row.law !== law) return false;
  if (!matches(row, show)) return false;
  if (words.length === 0) return true;
  const text = searchText();
  return words.every((word) => text.includes(word));
}

/** How a question changed from the first run to others: gained, lost, both or neither. */
export function changeOf({ given }: RowData): "" | "up" | "down" | "mixed" {
  const [first, ...others] = given;
  if (!isMeasured(first)) return "";
  const known = others.filter(isMeasured);
  const isUp = known.some((one) => isRight(one) && !isRight(first));
  const isDown = known.some((one) => !isRight(one) && isRight(first));
  return isUp ? (isDown ? "mixed" : "up") : isDown ? "down" : "";
}

/** Compares two questions by a column, then by place. */
export function compareRows(x: RowData, y: RowData, key: SortKey): number {
  const [one, other] = [sortValue(x, key), sortValue(y, key)];
  if (one === other) return 0;
  return typeof one === "number" && typeof other === "number"
    ? one - other
    : String(one).localeCompare(String(other), "ja");
}

function matches({ given }: RowData, show: string): boolean {
  const known = given.filter((one) => one !== null);
  const [kind, place] = show.split("-");
  const run = place === undefined ? null : given[Number(place)] ?? null;
  const first = given[0] ?? null;
  switch (kind) {
    case "wrong":
      return place === undefined
        ? known.some((one) => !isRight(one))
        : run !== null && !isRight(run);
    case "allwrong":
      return known.every((one) => !isRight(one));
    case "unparsed":
      return known.some(([outcome]) => outcome !== "c" && outcome !== "w");
    case "unsteady":
      return known.some(([, , unsteady]) => unsteady === 1);
    case "flipped":
      return known.some(isRight) && !known.filter(isMeasured).every(isRight);
    case "differs":
      return new Set(known.map(([, letter]) => letter)).size > 1;
    case "gained":
      return isMeasured(run) && isMeasured(first) && isRight(run) && !isRight(first);
    case "lost":
      return isMeasured(run) && isMeasured(first) && !isRight(run) && isRight(first);
    default:
      return true;
  }
}

/** Errors measure no model and are in no pair. */
function isMeasured(given: GivenMark | null | undefined): given is GivenMark {
  return given !== null && given !== undefined && given[0] !== "e";
}

function isRight([outcome]: GivenMark): boolean {
  return outcome === "c";
}

function sortValue(row: RowData, key: SortKey): string | number {
  if (typeof key === "number") {
    const given = row.given[key];
    if (given === null || given === undefined) return Infinity;
    // By letter, answers without one last; right ones first.
    const [outcome, letter] = given;
    return 10 * (letter === "" ? 4 : "abcd".indexOf(letter)) + "cwute".indexOf(outcome);
  }
  if (key === "change") return { up: 0, mixed: 1, down: 2, "": 3 }[changeOf(row)];
  return row[key];
}
