import type { CorpusStore, StoredUnit } from "../index/corpus_store.ts";

/** What has one vector: an article (or what takes its place), or each of its paragraphs and items. */
export const GRAINS = ["unit", "row"] as const;
/** One of the {@linkcode GRAINS}. */
export type Grain = (typeof GRAINS)[number];

/** Changes whenever {@linkcode passageText} gives another text: older indexes are then stale. */
export const PASSAGE_VERSION = 1;

/** How many passages a store has. */
export function passageCount(store: CorpusStore, grain: Grain): number {
  return grain === "unit" ? store.unitCount : store.rowCount;
}

/**
 * The text that is embedded for a unit or row of that number: the law's title, the article's number
 * and caption, then its text, one line a row. Empty for a deleted article, which nobody looks for.
 */
export function passageText(store: CorpusStore, grain: Grain, number: number): string {
  if (grain === "unit") {
    const unit = store.unit(number);
    if (unit.isDeleted) return "";
    return [headingOf(unit), ...store.rowsOf(number).map(({ text }) => text)].join("\n");
  }
  const row = store.row(number);
  const unit = store.unit(row.unit);
  return unit.isDeleted ? "" : `${headingOf(unit)}\n${row.text}`;
}

function headingOf({ lawTitle, title, caption }: StoredUnit): string {
  return `${lawTitle} ${title}${caption === "" ? "" : `（${caption}）`}`;
}
