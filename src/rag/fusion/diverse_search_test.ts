import assert from "node:assert/strict";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { searchDouble } from "../search/search_double.ts";
import { diverseSearch } from "./diverse_search.ts";
import { bigramSimilarity } from "./hit_similarity.ts";

const store = corpusStoreDouble([{
  title: "試験法",
  articles: {
    "1": "銀行は免許を受けなければならない。",
    "2": "銀行は免許を受けなければならない。",
    "3": "保険会社は帳簿を備えなければならない。",
    "4": "罰則",
  },
}]);

Deno.test("bigram similarity is shared bigrams over all of both", () => {
  const hits = [0, 1, 2, 3].map((unit) => ({ unit, score: 1, bestRow: unit }));
  const similarity = bigramSimilarity(store).between(hits);
  assert.equal(similarity(0, 1), 1);
  assert.equal(similarity(0, 3), 0);
  assert.equal(similarity(0, 2), similarity(2, 0));
  // なけ けれ れば ばな なら らな ない: 7 of 15 + 17.
  assert.equal(similarity(0, 2), 7 / 25);
});

Deno.test("articles that repeat a better one move back, and scores follow the ranks", async () => {
  const words = searchDouble("bm25", [0, 1, 2, 3]);
  const search = diverseSearch(words, {
    lambda: 0.5,
    fetchKMax: 50,
    similarity: bigramSimilarity(store),
  });
  assert.equal(search.type, "bm25");
  const hits = await search.search("銀行", 2);
  assert.equal(words.calls[0]!.limit, 4);
  assert.deepEqual(hits.map(({ unit, score }) => [unit, score]), [[0, 1], [2, 0.5]]);
  await search.close();
  assert.equal(words.closed, 1);
});

Deno.test("candidates stay below their limit but never below what is asked for", async () => {
  const words = searchDouble("bm25", [0, 1, 2, 3]);
  const similarity = bigramSimilarity(store);
  const limits = [];
  for (const [fetchKMax, limit] of [[3, 2], [50, 60], [50, 10]] as const) {
    await diverseSearch(words, { lambda: 1, fetchKMax, similarity }).search("q", limit);
    limits.push(words.calls.at(-1)!.limit);
  }
  assert.deepEqual(limits, [3, 60, 20]);
});
