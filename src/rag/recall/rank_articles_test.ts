import assert from "node:assert/strict";
import { lawDouble, unitDouble } from "../index/index_double.ts";
import { searchDouble } from "../search/search_double.ts";
import { createMemoryCorpusStore } from "./memory_corpus_store.ts";
import { rankArticles } from "./rank_articles.ts";

/** Twelve articles, each behind forty parts of one 附則. */
const PARTS = Array.from({ length: 40 }, (_, at) => ({
  ...unitDouble("", [`附則 ${at}`], { provision: "supplementary", title: "附則" }),
  num: undefined,
}));
const ARTICLES = Array.from({ length: 12 }, (_, at) => unitDouble(String(at + 1), ["本則"]));
const STORE = createMemoryCorpusStore([
  { ...lawDouble("甲法", []), units: [...PARTS, ...ARTICLES] },
]);
const UNITS = Array.from({ length: STORE.unitCount }, (_, unit) => unit);

Deno.test("units of one article take one rank, and the search goes on to the next article", async () => {
  const search = searchDouble("double", UNITS);
  const ranked = await rankArticles(search, STORE, "q", 10);
  assert.deepEqual(ranked.map(({ unit }) => unit), [0, ...UNITS.slice(40, 49)]);
  assert.equal(new Set(ranked.map(({ article }) => article)).size, 10);
  assert.deepEqual(search.calls.map(({ limit }) => limit), [20, 40, 80]);
});

Deno.test("one search will do where it finds enough articles, or no more", async () => {
  const search = searchDouble("double", UNITS.slice(40));
  const [first] = await rankArticles(search, STORE, "q", 1);
  assert.deepEqual([first!.unit, first!.bestRow, first!.score], [40, 40, 12]);
  assert.equal((await rankArticles(search, STORE, "q", 15)).length, 12);
  assert.equal(search.calls.length, 2);
});

Deno.test("a signal ends it", async () => {
  const search = searchDouble("double", UNITS);
  await assert.rejects(rankArticles(search, STORE, "q", 10, AbortSignal.abort()), {
    name: "AbortError",
  });
});
