import { NUMERALS } from "./kanji_number.ts";

/**
 * The regular expressions of {@linkcode findPlaces}, for text of {@linkcode foldWidth}. Every
 * repetition is bounded, so that none takes more than a constant time at one place of the text.
 */
const NUMBER = `[${NUMERALS}]{1,9}`;
const SPACE = " {0,2}";
/** Words that begin with 条 but are no article: 条件, 条約, 条例, 条文, 条項. */
const NOT_ARTICLE = "(?!件|約(?![款定])|例(?!外)|文(?!書)|項|理)";

/** A place's first words; what follows them is read by the patterns below. */
export const PLACE_START = new RegExp(
  [
    `(?<supplementary>附則${SPACE})?(?:` +
    `第${SPACE}(?<article>${NUMBER})|(?<![第.${NUMERALS}])(?<bareArticle>[0-9]{1,4})` +
    `)${SPACE}条${NOT_ARTICLE}`,
    `(?<relative>[同本次]|前(?<count>[二三四五六七八九2-9])?|この)条${NOT_ARTICLE}`,
    `(?<onlySupplementary>附則)`,
    `(?<appendix>別表)(?:${SPACE}(?:第${SPACE}(?<table>${NUMBER})|(?<bareTable>[0-9]{1,3})))?`,
    `第${SPACE}(?<paragraph>${NUMBER})${SPACE}項(?!目)`,
    `第${SPACE}(?<item>${NUMBER})${SPACE}号`,
  ].join("|"),
  "g",
);

/**
 * What may follow の二 in 第三条の二. Anything else makes の二 the start of another word: 第三条の一部,
 * 第五条の三分の二, 第八条の二十日.
 */
const AFTER_BRANCH =
  "(?=$|[第のにをはがとで、。()「」『』 \\n\\]〕】及又若並各た本前後柱但やもまへより中以違等関規・/:;~〜…―" +
  "イロハニホヘトチリヌルヲワカヨタレソツネ]|から)";

/** の二 of an article, an item or a 別表; ノ二 in statutes of old. None has a の一. */
export const BRANCH = new RegExp(
  `${SPACE}[のノ]${SPACE}(?!一の)(${NUMBER})${AFTER_BRANCH}`,
  "y",
);

/** 第二項 or 2項 behind an article. */
export const PARAGRAPH = new RegExp(
  `${SPACE}の?${SPACE}(?:第${SPACE}(${NUMBER})|([0-9]{1,3}))${SPACE}項(?!目)`,
  "y",
);

/** 第三号 or 3号 behind an article or a paragraph. */
export const ITEM = new RegExp(
  `${SPACE}の?${SPACE}(?:第${SPACE}(${NUMBER})|([0-9]{1,3}))${SPACE}号`,
  "y",
);

/** イ behind an item; not the first letter of a word in katakana. */
export const SUBITEM =
  / {0,2}([イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス])(?![ァ-ヺー])/y;

/** (1) or (i) below it. */
export const SUBSUBITEM = new RegExp(
  `${SPACE}\\(${SPACE}(${NUMBER}|[ivx]{1,5})${SPACE}\\)`,
  "y",
);

/** Between two places that belong together: 第三条第一項本文又は第四条. */
export const CONNECTIVE =
  /^(?: |本文|ただし書|但し?書|[前後]段|各[号項]|柱書|まで|の規定)*(?:、|又は|または|及び|および|並びに|ならびに|若しくは|もしくは|から|と|や|・|\/|~|〜| )*$/;
