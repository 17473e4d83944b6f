import { NUMERALS, parseKanjiNumber } from "../cite/kanji_number.ts";
import type { StoredUnit } from "../index/corpus_store.ts";

/** What e-Gov's anchors call 編, 章, 節, 款 and 目: the first letters of the XML's elements. */
const CONTAINERS: Readonly<Record<string, string>> = {
  編: "Pa",
  章: "Ch",
  節: "Se",
  款: "Ss",
  目: "Di",
};
const HEADING = new RegExp(`^第([${NUMERALS}]+)([編章節款目])((?:の[${NUMERALS}]+)*)(?:[\\s　]|$)`);
const LAW_ID = /^\d{3}[0-9A-Z]{12}$/;

/**
 * The page of e-Gov's law search that shows a unit; undefined where the law id is none of e-Gov's.
 * For an article of the main provision it ends with the article's anchor: the path of 編・章・節・款・目
 * above it and its number, e.g. `#Mp-Pa_5-Ch_4-Se_1-At_915` for 民法第915条, `#Mp-At_21_2` for
 * 第21条の2 of a law without chapters. That form is not documented; it is what the site's own links
 * show (laws.e-gov.go.jp, 2025). A page without such an anchor opens at its top, so a unit whose place
 * can't be told (附則, 別表, headings in another form) has none.
 */
export function egovLink(
  unit: Pick<StoredUnit, "lawId" | "provision" | "num" | "headings">,
): string | undefined {
  const { lawId, provision, num, headings } = unit;
  if (!LAW_ID.test(lawId)) return undefined;
  const page = `https://laws.e-gov.go.jp/law/${lawId}`;
  const path = headings.map(anchorOf);
  const isPlaced = provision === "main" && num !== undefined && /^\d+(?:_\d+)*$/.test(num) &&
    path.every((part) => part !== undefined);
  return isPlaced ? `${page}#${["Mp", ...path, `At_${num}`].join("-")}` : page;
}

/** `第二章の二 雑則` → `Ch_2_2`. */
function anchorOf(heading: string): string | undefined {
  const [, number, kind, branches] = HEADING.exec(heading) ?? [];
  if (number === undefined || kind === undefined) return undefined;
  const numbers = [number, ...(branches ?? "").split("の").slice(1)].map(parseKanjiNumber);
  return numbers.includes(undefined) ? undefined : `${CONTAINERS[kind]}_${numbers.join("_")}`;
}
