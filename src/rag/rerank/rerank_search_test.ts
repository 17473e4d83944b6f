import assert from "node:assert/strict";
import { lawDouble } from "../index/index_double.ts";
import { createMemoryCorpusStore } from "../recall/memory_corpus_store.ts";
import { searchDouble } from "../search/search_double.ts";
import { rerankSearch } from "./rerank_search.ts";
import { rerankerDouble } from "./reranker_double.ts";

const STORE = createMemoryCorpusStore([
  lawDouble("甲法", [
    ["目的を定める。"],
    ["免許を要する。"],
    Array.from({ length: 30 }, (_, at) => `${at + 1}番の規定は、罰則である。次の文もある。`),
    [`${"長".repeat(300)}。`],
  ]),
]);
const HITS = [
  { unit: 2, score: 9, bestRow: 20 },
  { unit: 0, score: 8, bestRow: 0 },
  { unit: 3, score: 7, bestRow: 32 },
  { unit: 1, score: 6, bestRow: 1 },
];
const byLicence = (text: string) => text.includes("免許") ? -0.1 : text.includes("長") ? -2 : -1;

Deno.test("hits come in the reranker's order, ties in the search's, cut to top N", async () => {
  const search = searchDouble("bm25", HITS);
  const reranker = rerankerDouble(byLicence);
  const reranked = rerankSearch(search, reranker, { store: STORE, candidates: 4 });
  assert.equal(reranked.type, "bm25+rerank");
  assert.deepEqual(await reranked.search("免許は", 4), [
    { unit: 1, score: -0.1, bestRow: 1 },
    { unit: 2, score: -1, bestRow: 20 },
    { unit: 0, score: -1, bestRow: 0 },
    { unit: 3, score: -2, bestRow: 32 },
  ]);
  assert.deepEqual((await reranked.search("免許は", 2)).map(({ unit }) => unit), [1, 2]);
  assert.deepEqual(search.calls.map(({ limit }) => limit), [4, 4]);
  await assert.rejects(reranked.search("x", 4, AbortSignal.abort()), { name: "AbortError" });
  await reranked.close();
  assert.deepEqual([search.closed, reranker.closed], [1, 1]);
});

Deno.test("hits behind the candidates are not read and keep their order", async () => {
  const reranker = rerankerDouble(byLicence);
  const reranked = rerankSearch(searchDouble("bm25", HITS), reranker, {
    store: STORE,
    candidates: 2,
  });
  assert.deepEqual(await reranked.search("免許は", 4), [
    { unit: 2, score: -1, bestRow: 20 },
    { unit: 0, score: -1, bestRow: 0 },
    { unit: 3, score: -2, bestRow: 32 },
    { unit: 1, score: -3, bestRow: 1 },
  ]);
  assert.deepEqual(reranker.calls.map(({ texts }) => texts.length), [2]);
});

Deno.test("nothing found is not reranked", async () => {
  const reranker = rerankerDouble(() => assert.fail("called"));
  const reranked = rerankSearch(searchDouble("bm25", []), reranker, {
    store: STORE,
    candidates: 4,
  });
  assert.deepEqual(await reranked.search("x", 3), []);
});

Deno.test("the reranker reads the best row and as much around it as fits", async () => {
  const reranker = rerankerDouble(() => -1);
  const reranked = rerankSearch(searchDouble("bm25", HITS), reranker, {
    store: STORE,
    candidates: 4,
    passageTokens: 120,
  });
  await reranked.search("q", 4);
  const texts = reranker.calls[0]!.texts;
  assert.match(texts[0]!, /^## 甲法\n### 第3条\n/);
  assert.match(texts[0]!, /20番の規定は/);
  assert.ok(texts[0]!.length <= 120 && texts[0]!.length > 80, texts[0]!);
  assert.equal(texts[1], "## 甲法\n### 第1条\n目的を定める。");
  // One sentence that is too long is left to the reranker, which counts what it cuts.
  assert.ok(texts[2]!.length > 300);
});

Deno.test("a long query is cut at a sentence, so that half of what is read is the article", async () => {
  const reranker = rerankerDouble(() => -1);
  let cut = 0;
  const reranked = rerankSearch(searchDouble("bm25", HITS), reranker, {
    store: STORE,
    candidates: 4,
    onCutQuery: () => cut++,
  });
  const first = `${"問".repeat(199)}。`;
  await reranked.search(`${first}${"選".repeat(100)}。`, 4);
  const [{ query, texts } = assert.fail("not called")] = reranker.calls;
  assert.equal(query, first);
  assert.equal(cut, 1);
  // 512 are read: 200 of the query, and 16 are left for marks.
  assert.ok(texts[0]!.length <= 296 && texts[0]!.length > 200, texts[0]!);
  assert.match(texts[0]!, /20番の規定は/);
  await reranked.search(first, 4);
  assert.equal(cut, 1);
});
