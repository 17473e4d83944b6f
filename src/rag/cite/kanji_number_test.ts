import assert from "node:assert/strict";
import fc from "fast-check";
import { printedNumber } from "../corpus/printed_number.ts";
import { NUMERALS, parseKanjiNumber } from "./kanji_number.ts";

const KANJI = "〇一二三四五六七八九";
const FULL_WIDTH = "０１２３４５６７８９";
const inDigits = (value: number, digits: string) =>
  Array.from(String(value), (digit) => digits[Number(digit)]!).join("");

Deno.test("every number up to 9999 is read from all its printed forms", () => {
  for (let value = 0; value <= 9999; value++) {
    const forms = [
      printedNumber(String(value))!,
      String(value),
      inDigits(value, FULL_WIDTH),
      inDigits(value, KANJI),
    ];
    for (const form of forms) assert.equal(parseKanjiNumber(form), value, form);
  }
});

Deno.test("mixed forms, old forms and leading zeros are read", () => {
  const forms = {
    "2百５６": 256,
    "百23": 123,
    "二〇": 20,
    "拾弐": 12,
    "参百": 300,
    "007": 7,
    "一千": 1000,
  };
  for (const [text, value] of Object.entries(forms)) {
    assert.equal(parseKanjiNumber(text), value, text);
  }
});

Deno.test("what is no number up to 9999 is refused", () => {
  for (
    const text of [
      "",
      "条",
      "12345",
      "十百",
      "百千",
      "十十",
      "〇十",
      "二三十",
      "十12",
      "1 2",
      "-1",
      "1.5",
      "万",
    ]
  ) {
    assert.equal(parseKanjiNumber(text), undefined, text);
  }
});

Deno.test("numerals in any order are read as a number from 0 to 9999 or refused", () => {
  const numerals = fc.array(fc.constantFrom(...NUMERALS), { maxLength: 12 });
  fc.assert(fc.property(numerals, (characters) => {
    const value = parseKanjiNumber(characters.join(""));
    if (value === undefined) return;
    assert.ok(Number.isInteger(value) && value >= 0 && value <= 9999, String(value));
    assert.equal(parseKanjiNumber(printedNumber(String(value))!), value);
  }));
});
