import assert from "node:assert/strict";
import { Bm25Index } from "./bm25_index.ts";
import { buildIndex } from "./index/build_index.ts";
import { lawDouble, unitDouble, withIndexFolder } from "./index/index_double.ts";
import { openIndex } from "./index/open_index.ts";

Deno.test("scores equal a BM25 worked out by hand", () => {
  const index = new Bm25Index(["ab ab", "ab cd", "ef"], { k1: 1.2, b: 0.75, k3: 1 });
  const mean = (2 + 2 + 1) / 3;
  const idf = Math.fround(Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5)));
  const weight = (count: number, length: number) =>
    count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / mean));
  const hits = index.search("ab", 10);
  assert.deepEqual(hits.map((hit) => hit.document), [0, 1]);
  assert.ok(Math.abs(hits[0]!.score - idf * weight(2, 2)) < 1e-12);
  assert.ok(Math.abs(hits[1]!.score - idf * weight(1, 2)) < 1e-12);
  const [twice] = index.search("ab ab", 1);
  assert.ok(Math.abs(twice!.score - idf * weight(2, 2) * 2 * 2 / (2 + 1)) < 1e-12);
});

Deno.test("ties keep the documents' order; documents without a match are left out", () => {
  const index = new Bm25Index(["xy", "xy", "zz"]);
  assert.deepEqual(index.search("xy", 5).map((hit) => hit.document), [0, 1]);
  assert.deepEqual(index.search("xy", 1).map((hit) => hit.document), [0]);
  assert.deepEqual(index.search("qq", 5), []);
  assert.deepEqual(new Bm25Index([]).search("xy", 5), []);
});

Deno.test("numbers and widths are alike however they are written, as in an index of laws", () => {
  const index = new Bm25Index(["第二十一条の二", "第十一条の二", "第21条の3", "ＡＢ法"]);
  const best = (query: string) => index.search(query, 1)[0]!.document;
  for (const query of ["第21条の2", "第２１条の２", "第二十一条の二"]) assert.equal(best(query), 0);
  assert.equal(best("第11条の2"), 1);
  assert.equal(best("第二十一条ノ三"), 2);
  assert.equal(best("ab法"), 3);
  const scores = (query: string) => index.search(query, 4);
  assert.deepEqual(scores("第21条の2"), scores("第二十一条の二"));
});

Deno.test("texts score as the rows of an index of laws without headings do", async () => {
  const texts = ["届出をする。第三条の届出。", "第3条の二の届出をしなければならない。", "罰金"];
  const units = texts.map((text, at) => unitDouble(String(at), [text], { title: "" }));
  // Numbers of articles are headings too, so these have none.
  const law = lawDouble("", [], { lawId: "1", units: units.map(({ num: _, ...rest }) => rest) });
  await withIndexFolder(async (folder) => {
    await buildIndex([law], folder);
    const index = await openIndex(folder);
    const memory = new Bm25Index(texts);
    for (const query of ["届出", "第三条の届出の届出", "罰金をする"]) {
      const scores = index.scoreRows(query).scores;
      const found = memory.search(query, 3);
      assert.ok(found.length > 0);
      for (const { document, score } of found) {
        assert.ok(Math.abs(scores[document]! - score) < 1e-9, `${query}: ${document}`);
      }
      assert.equal(scores.filter((score) => score > 0).length, found.length);
    }
    index.close();
  });
});
