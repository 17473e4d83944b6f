import { NUMERALS, parseKanjiNumber } from "./kanji_number.ts";

const LAW_NUMBER = new RegExp(
  `(明治|大正|昭和|平成|令和)(元|[${NUMERALS}]{1,4})年([^0-9()「」、。年 ]{1,30}?)第([${NUMERALS}]{1,9})号`,
);

/**
 * One form for a 法令番号 however it is printed: 昭和二十三年法律第二十五号 and 昭和23年法律第25号 are both
 * `昭和23法律25`.
 * @param text after {@linkcode foldWidth}; the first 法令番号 in it counts.
 */
export function parseLawNumber(text: string): string | undefined {
  const match = LAW_NUMBER.exec(text);
  if (match === null) return undefined;
  const [, era, yearText, kind, numberText] = match;
  const year = yearText === "元" ? 1 : parseKanjiNumber(yearText!);
  const number = parseKanjiNumber(numberText!);
  return year === undefined || number === undefined ? undefined : `${era}${year}${kind}${number}`;
}
