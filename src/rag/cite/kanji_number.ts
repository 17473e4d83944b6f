const DIGITS = new Map<string, number>([
  ...Array.from("〇一二三四五六七八九", (character, value) => [character, value] as const),
  ...Array.from("0123456789", (character, value) => [character, value] as const),
  ...Array.from("０１２３４５６７８９", (character, value) => [character, value] as const),
  ["零", 0],
  // The forms of old statutes that can't be altered by a stroke of the pen (大字).
  ["壱", 1],
  ["弐", 2],
  ["参", 3],
]);

const UNITS = new Map([["十", 10], ["拾", 10], ["百", 100], ["千", 1000]]);

/**
 * Every character that a number up to thousands may be printed with, to stand in a character class
 * of a regular expression: `new RegExp("第[" + NUMERALS + "]{1,9}条")`.
 */
export const NUMERALS = [...DIGITS.keys(), ...UNITS.keys()].join("");

/**
 * The value of a whole number from 0 to 9999 as statutes and questions print it: `二百五十六`, `256`,
 * `２５６`, `二五六`, `2百56`. Shared by all that must see 第二十一条の二 and 第21条の2 as one.
 * @returns undefined for text that is no such number, e.g. `十百`, `12345`, an empty text.
 */
export function parseKanjiNumber(text: string): number | undefined {
  let total = 0;
  let digits = 0;
  let value = 0;
  let lastUnit = Infinity;
  for (const character of text) {
    const digit = DIGITS.get(character);
    if (digit !== undefined) {
      value = value * 10 + digit;
      digits++;
      continue;
    }
    const unit = UNITS.get(character);
    // 十 stands for one ten, but nobody writes 〇十, 十二十 or 百千.
    if (unit === undefined || unit >= lastUnit || digits > 1 || (digits === 1 && value === 0)) {
      return undefined;
    }
    total += (digits === 0 ? 1 : value) * unit;
    lastUnit = unit;
    digits = 0;
    value = 0;
  }
  if (digits === 0 && lastUnit === Infinity) return undefined;
  // The digits after a unit must fit below it: 百23 is 123, 十23 is nothing.
  if (value >= lastUnit || digits > 4) return undefined;
  return total + value;
}
