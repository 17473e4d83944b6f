import assert from "node:assert/strict";
import { visitBigrams } from "../../src/rag/index/law_bigrams.ts";
import { makeLaws } from "./law_grammar.ts";
import { learnPhrases } from "./phrase_statistics.ts";

Deno.test("the same seed gives the same laws, with as many rows as asked for", () => {
  const laws = [...makeLaws({ rows: 5000, seed: 7 })];
  assert.deepEqual([...makeLaws({ rows: 5000, seed: 7 })], laws);
  assert.notDeepEqual([...makeLaws({ rows: 5000, seed: 8 })], laws);
  const rows = laws.flatMap((law) => law.units.flatMap((unit) => unit.rows));
  assert.equal(rows.length, 5000);
  assert.equal(new Set(laws.map((law) => law.lawId)).size, laws.length);
  assert.ok(rows.every((row) => row.text !== ""));
});

Deno.test("terms are as unevenly spread as in real laws", () => {
  const rowsOf = new Map<string, number>();
  let postings = 0;
  let rows = 0;
  for (const law of makeLaws({ rows: 5000, seed: 7 })) {
    for (const { text } of law.units.flatMap((unit) => unit.rows)) {
      const terms = new Set<string>();
      visitBigrams(text, (first, second) => terms.add(`${first} ${second}`));
      for (const term of terms) rowsOf.set(term, (rowsOf.get(term) ?? 0) + 1);
      postings += terms.size;
      rows++;
    }
  }
  // In the contexts of lawqa_jp: 71 terms a row, 64 % of the postings are of terms in over 2 % of
  // the rows, 43 % of the terms are in one row.
  const counts = [...rowsOf.values()];
  const frequent = counts.filter((count) => count > 0.02 * rows).reduce((sum, n) => sum + n, 0);
  const single = counts.filter((count) => count === 1).length;
  assert.ok(postings / rows > 45 && postings / rows < 90, `${postings / rows}`);
  assert.ok(frequent / postings > 0.5 && frequent / postings < 0.75, `${frequent / postings}`);
  assert.ok(single / counts.length > 0.3, `${single / counts.length}`);
});

Deno.test("learnt phrases follow the texts they were learnt from", () => {
  const phrase = learnPhrases(["# 見出し\n届出をする。", "届出を受ける。"]);
  const laws = [...makeLaws({ rows: 200, seed: 1, phrase })];
  const text = laws.flatMap((law) => law.units.flatMap((unit) => unit.rows)).map((row) => row.text)
    .join("");
  assert.ok(text.includes("届出をする。") && text.includes("届出を受ける。"));
  assert.ok(!text.includes("見出し"));
});
