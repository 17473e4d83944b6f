import type { StoredUnit } from "../index/corpus_store.ts";

/**
 * One key for all units that are the same article: 第5条 of one law, wherever it is quoted. What
 * stands at the end of a law is told apart by its kind: 別表第一 and 別記様式第一 are both number 1.
 */
export function articleKey(unit: StoredUnit): string {
  const { lawId, provision, amendingLawNum = null, num, title } = unit;
  const kind = provision === "appendix" && num !== undefined ? [title.split("第")[0]] : [];
  return JSON.stringify([lawId, provision, amendingLawNum, num ?? title, ...kind]);
}
