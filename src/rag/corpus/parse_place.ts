import { foldWidth } from "../cite/fold_width.ts";
import { findPlaces } from "../cite/find_places.ts";
import { NUMERALS, parseKanjiNumber } from "../cite/kanji_number.ts";
import { parseLawNumber } from "../cite/law_number.ts";
import type { Place } from "../cite/place.ts";

/** A place of a law as a person types it. */
export interface TypedPlace extends Place {
  /** Of a 別表 or another part that is named by its title: the title as {@linkcode titleKey} gives it. */
  readonly name?: string;
  /** 附則 of an amending law: the 法令番号 as {@linkcode lawNumberKey} gives it. */
  readonly amendingLaw?: string;
}

const KANJI = NUMERALS.replace(/[0-9０-９]/g, "");
/** A whole number: in 21の2一項 there are three. */
const NUMBER = `(?:(?<![0-9])[0-9]{1,4}(?![0-9])|(?<![${KANJI}])[${KANJI}]{1,9}(?![${KANJI}]))`;
/**
 * 第二十一条の二, 21条の2, 21の2 and 21_2 at the start. What stands before 項 or 号 is none of it: 21の1項 is
 * 第二十一条第一項.
 */
const ARTICLE = new RegExp(
  `^第? ?(${NUMBER})(?: ?条)?((?: ?[のノ_] ?${NUMBER})*)(?!_| ?[項号条])`,
);
/** 一項 and 三号 without 第, in any numerals. */
const BARE_PART = new RegExp(`(?<!第 ?)(${NUMBER}) ?([項号])`, "g");
/** 附則, 附則抄, and 附則（令和百年法律第三号）抄. */
const SUPPLEMENTARY = /^附 ?則 ?(?:抄|\(([^()]{1,60})\) ?抄?)? ?/;
/** The first words of titles of what is no article. */
const NAMED = new RegExp(
  `^(?:附則 ?)?(?:(?:別 ?表|別記|別図|付録|付表|別紙|様式|書式|前文|本則)|第? ?${NUMBER} ?号 ?様式)`,
);
/** 第三項, 第二号 and イ behind the name of a 別表. */
const PARTS = new RegExp(`(?: ?第? ?${NUMBER} ?項)?(?: ?第? ?${NUMBER} ?号.*)?$`);

/**
 * The one place that a whole text names: 21の2, 二十一の二第一項第三号, 21条の2 1項 3号, 附則第三条, 附則（令和百年
 * 法律第三号）第三条, 別表第一, 様式第二号; undefined for any other text.
 */
export function parsePlace(text: string): TypedPlace | undefined {
  const folded = foldWidth(text).replace(/\s+/g, " ").trim();
  const supplementary = SUPPLEMENTARY.exec(folded);
  // 附則別表 is a 別表.
  if (NAMED.test(folded)) return parseNamed(folded);
  if (supplementary === null) return parseNumbered(folded, "main");
  const amendingLaw = supplementary[1] === undefined ? undefined : lawNumberKey(supplementary[1]);
  const rest = folded.slice(supplementary[0].length);
  const place = rest === ""
    ? { provision: "supplementary" as const }
    : parseNumbered(rest, "supplementary");
  return place && { ...place, ...(amendingLaw === undefined ? {} : { amendingLaw }) };
}

/** One form of a 法令番号 however it is printed; 平成二〇年六月一三日法律第六五号 is 平成20法律65 too. */
export function lawNumberKey(text: string): string {
  const folded = foldWidth(text).replace(/\s/g, "");
  const withoutDay = folded.replace(
    new RegExp(`年${NUMBER}月${NUMBER}日`),
    "年",
  );
  return parseLawNumber(withoutDay) ?? folded;
}

/** One form of a title: 別表第一, 別表第１ and 別表1 are 別表1. */
export function titleKey(title: string): string {
  return foldWidth(title).replace(/\s/g, "").replace(
    new RegExp(`第?(${NUMBER})号?`, "g"),
    (all, number) => String(parseKanjiNumber(number) ?? all),
  );
}

function parseNumbered(folded: string, provision: Place["provision"]): Place | undefined {
  const head = ARTICLE.exec(folded);
  const rest = folded.slice(head?.[0].length ?? 0)
    .replace(BARE_PART, (_, number, kind) => `第${number}${kind}`);
  const article = head === null ? "" : articleOf(head);
  if (article === undefined) return undefined;
  // A 附則 without articles has paragraphs of its own.
  const start = head === null && provision === "supplementary" ? "附則" : "";
  const place = onlyPlace(`${start}${article}${rest}`);
  if (place === undefined || (place.num === undefined && start === "")) return undefined;
  return { ...place, provision };
}

/** 第21条の2 for the number of an article in any form. */
function articleOf([, first, branches]: RegExpExecArray): string | undefined {
  const parts = [first!, ...branches!.split(/[のノ_]/).slice(1)]
    .map((part) => parseKanjiNumber(part.trim()));
  if (parts.some((part) => part === undefined || part === 0)) return undefined;
  return `第${parts[0]}条${parts.slice(1).map((part) => `の${part}`).join("")}`;
}

function parseNamed(folded: string): TypedPlace | undefined {
  const provision = "appendix";
  const partsAt = PARTS.exec(folded)!.index;
  // 第二号様式 begins with what looks like a part.
  const name = partsAt === 0 || /^様式|^書式/.test(folded) ? folded : folded.slice(0, partsAt);
  const parts = folded.slice(name.length).replace(
    BARE_PART,
    (_, number, kind) => `第${number}${kind}`,
  );
  const key = titleKey(name);
  if (parts === "") return { provision, name: key };
  const place = onlyPlace(`附則${parts.trim()}`);
  return place && { ...place, provision, name: key };
}

/** The place that is the whole of a text. */
function onlyPlace(text: string): Place | undefined {
  const [first, ...more] = findPlaces(text);
  const isWhole = first?.anchor === "number" && first.start === 0 && first.end === text.length;
  return isWhole && more.length === 0 ? first.place : undefined;
}
