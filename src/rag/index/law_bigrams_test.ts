import assert from "node:assert/strict";
import fc from "fast-check";
import { bigrams } from "../bigrams.ts";
import { countBigrams, TERM_KEYS, termKey, visitBigrams } from "./law_bigrams.ts";

/** The pairs of a text, as strings; numbers with a # before them. */
function pairs(text: string): string[] {
  const found: string[] = [];
  const show = (symbol: number) =>
    symbol >= 0x110000 ? `#${symbol - 0x110000}` : symbol === 0 ? "" : String.fromCodePoint(symbol);
  const count = visitBigrams(text, (first, second) => {
    found.push(`${show(first)}|${show(second)}`);
  });
  assert.equal(count, found.length);
  return found;
}

Deno.test("pairs overlap, stop at punctuation, and take a number whole", () => {
  assert.deepEqual(pairs("第15条の2"), ["第|#15", "#15|条", "条|の", "の|#2"]);
  assert.deepEqual(pairs("第十五条"), pairs("第１５条"));
  assert.deepEqual(pairs("ＡＢ、c。"), ["a|b", "c|"]);
  assert.deepEqual(pairs("、。 \n"), []);
  assert.deepEqual(pairs(""), []);
  assert.deepEqual(pairs("𠮷野家"), ["𠮷|野", "野|家"]);
  assert.deepEqual(pairs("5"), ["#5|"]);
  assert.deepEqual(pairs("0"), ["#0|"]);
  assert.deepEqual(pairs("99999"), ["#99999|"]);
});

Deno.test("long numbers and ones with leading zeros go in digit by digit", () => {
  assert.deepEqual(pairs("123456"), ["1|2", "2|3", "3|4", "4|5", "5|6"]);
  assert.deepEqual(pairs("第05条"), ["第|0", "0|5", "5|条"]);
});

Deno.test("articles whose numbers share digits share no pair with them", () => {
  const common = new Set(pairs("第15条")).intersection(new Set(pairs("第5条")));
  assert.deepEqual([...common], []);
});

Deno.test("a text without digits gives what plain bigrams give", () => {
  // Letters that are normalised otherwise are left out: numerals, small kana.
  const letter = fc.constantFrom(..."法律第条項のはをABｃｶﾞ金融商品、。 \n𠮷・「」");
  fc.assert(fc.property(fc.string({ unit: letter }), (text) => {
    assert.deepEqual(pairs(text).map((pair) => pair.replace("|", "")), bigrams(text));
  }));
});

Deno.test("keys tell all pairs apart and stay below their bound", () => {
  assert.notEqual(termKey(1, 2), termKey(2, 1));
  assert.notEqual(termKey(1, 0), termKey(0, 1));
  assert.ok(termKey(0x110000 + 99_999, 0x110000 + 99_999) < TERM_KEYS);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const key of countBigrams(text).keys()) {
      assert.ok(Number.isInteger(key) && key > 0 && key < TERM_KEYS);
    }
  }));
  assert.equal(countBigrams("ここここ").get(termKey(0x3053, 0x3053)), 3);
});
