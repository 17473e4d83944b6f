import assert from "node:assert/strict";
import fc from "fast-check";
import { kanjiNumber } from "../../../tasks/demo/kanji_number.ts";
import { kanjiToDigits } from "./kanji_numeral.ts";

Deno.test("every way to write a number gives its digits", () => {
  for (
    const [written, digits] of [
      ["一", "1"],
      ["十", "10"],
      ["二十一", "21"],
      ["百二十", "120"],
      ["三千五百", "3500"],
      ["一万", "10000"],
      ["万", "10000"],
      ["二百万", "2000000"],
      ["千二百三十四万五千六百七十八", "12345678"],
      ["一億", "100000000"],
      ["三億五千万", "350000000"],
      ["二〇二四", "2024"],
      ["一〇", "10"],
      ["21", "21"],
      ["007", "007"],
      ["10万", "100000"],
      ["3億5000万", "350000000"],
      ["2百", "200"],
    ] as const
  ) assert.equal(kanjiToDigits(written), digits, written);
});

Deno.test("what is no number keeps apart what differs, and stays where it is too large", () => {
  assert.notEqual(kanjiToDigits("二三十"), kanjiToDigits("三二十"));
  assert.equal(kanjiToDigits("九千兆"), "9000000000000000");
  assert.equal(kanjiToDigits("九九九九九九兆"), "九九九九九九兆");
});

Deno.test("a number in kanji comes back as it was", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 99_999_999 }), (number) => {
    assert.equal(kanjiToDigits(kanjiNumber(number)), String(number));
  }));
});
