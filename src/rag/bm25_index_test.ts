import assert from "node:assert/strict";
import { bigrams } from "./bigrams.ts";
import { Bm25Index } from "./bm25_index.ts";

Deno.test("bigrams overlap, fold width and case, and stop at punctuation", () => {
  assert.deepEqual(bigrams("第５条"), ["第5", "5条"]);
  assert.deepEqual(bigrams("ＡＢ、c。"), ["ab", "c"]);
  assert.deepEqual(bigrams("、。 \n"), []);
  assert.deepEqual(bigrams("𠮷野家"), ["𠮷野", "野家"]);
});

Deno.test("scores equal a BM25 worked out by hand", () => {
  const index = new Bm25Index(["ab ab", "ab cd", "ef"], { k1: 1.2, b: 0.75 });
  const mean = (2 + 2 + 1) / 3;
  const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
  const weight = (count: number, length: number) =>
    count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / mean));
  const hits = index.search("ab", 10);
  assert.deepEqual(hits.map((hit) => hit.document), [0, 1]);
  assert.ok(Math.abs(hits[0]!.score - idf * weight(2, 2)) < 1e-12);
  assert.ok(Math.abs(hits[1]!.score - idf * weight(1, 2)) < 1e-12);
});

Deno.test("ties keep the documents' order; documents without a match are left out", () => {
  const index = new Bm25Index(["xy", "xy", "zz"]);
  assert.deepEqual(index.search("xy", 5).map((hit) => hit.document), [0, 1]);
  assert.deepEqual(index.search("xy", 1).map((hit) => hit.document), [0]);
  assert.deepEqual(index.search("qq", 5), []);
  assert.deepEqual(new Bm25Index([]).search("xy", 5), []);
});
