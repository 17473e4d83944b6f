import { kanjiToDigits } from "./kanji_numeral.ts";

/**
 * Changes with everything that changes which terms a text is indexed under: an index built with
 * another version is refused. Raise it with any change to the files named in analyser_test.ts.
 */
export const ANALYSER_VERSION = "law-bigrams-1";

/** Numerals with their grouping: `1,000`, `21`, `二十一`, `3億5千万`, `二〇二四`. */
const NUMERAL = /[0-9〇一二三四五六七八九十百千][0-9〇一二三四五六七八九十百千万億兆]*/g;
const GROUPING_COMMA = /(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])/g;
/** Hiragana that statutes before 1989 print in full size: あつた for あった. */
const SMALL_HIRAGANA = /[ぁぃぅぇぉっゃゅょゎ]/g;
/** 三箇月, 3か月, 3ヶ月; and 第九条ノ二 of laws written in katakana. */
const COUNTER_KANA = /(?<=[0-9])[箇ヶケカヵ](?=[月年所国条])/g;
const KATAKANA_NO = /[条項号章編節款目表][0-9]*(?:ノ[0-9]+)+/g;
/** Characters that are not seen: zero-width ones, soft hyphens, variants of one kanji's shape. */
const INVISIBLE = /[\p{Cf}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu;

/**
 * A text as the index and a query see it: NFKC, lower case, numerals as plain digits wherever they
 * stand (第二十一条の二 and 第２１条の２ become 第21条の2), small hiragana in full size, 箇月 and ヶ月
 * as か月, invisible characters dropped. For comparing, not for showing: 統一 becomes 統1, alike in
 * laws and queries.
 */
export function normaliseLawText(text: string): string {
  return text.normalize("NFKC").toLowerCase()
    // Taking something out or putting letters together can bring a sequence that NFKC composes.
    .replace(INVISIBLE, "").normalize("NFKC")
    .replace(SMALL_HIRAGANA, (kana) => String.fromCharCode(kana.charCodeAt(0) + 1))
    .replace(GROUPING_COMMA, (number) => number.replaceAll(",", ""))
    .replace(NUMERAL, kanjiToDigits)
    .replace(COUNTER_KANA, "か")
    .replace(KATAKANA_NO, (place) => place.replaceAll("ノ", "の"));
}
