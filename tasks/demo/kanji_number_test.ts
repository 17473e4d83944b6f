import assert from "node:assert/strict";
import { kanjiNumber } from "./kanji_number.ts";

Deno.test("kanji numerals are written as in statutes", () => {
  const expected = {
    1: "一",
    10: "十",
    11: "十一",
    20: "二十",
    99: "九十九",
    100: "百",
    150: "百五十",
    1000: "千",
    3456: "三千四百五十六",
    10000: "一万",
    12000: "一万二千",
    1500000: "百五十万",
    10000000: "千万",
    99999999: "九千九百九十九万九千九百九十九",
  };
  for (const [n, text] of Object.entries(expected)) assert.equal(kanjiNumber(Number(n)), text);
});

Deno.test("numbers without a kanji numeral are refused", () => {
  for (const n of [0, -1, 1.5, 1e8, NaN]) assert.throws(() => kanjiNumber(n), RangeError);
});
