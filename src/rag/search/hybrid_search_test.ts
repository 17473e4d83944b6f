import assert from "node:assert/strict";
import { createHybridSearch } from "./hybrid_search.ts";
import { searchDouble } from "./search_double.ts";

const RRF = { method: "rrf", rrfK: 60, fetchKMultiplier: 2 } as const;
const unitsOf = (hits: readonly { unit: number }[]) => hits.map(({ unit }) => unit);

Deno.test("hybrid asks each search for more than is wanted and fuses their ranks", async () => {
  const words = searchDouble("bm25", [1, 2, 3, 4, 5, 6, 7]);
  const meaning = searchDouble("vector", [9, 4, 8, 2]);
  const hybrid = createHybridSearch(
    [{ search: words, weight: 0.5 }, { search: meaning, weight: 0.5 }],
    RRF,
  );
  assert.equal(hybrid.type, "hybrid");
  const hits = await hybrid.search("融資", 3);
  // 2 and 4 are ranked by both: 1/62 + 1/64 each.
  assert.deepEqual(unitsOf(hits), [2, 4, 1]);
  assert.deepEqual([words.calls, meaning.calls], [
    [{ query: "融資", limit: 6 }],
    [{ query: "融資", limit: 6 }],
  ]);
  const weighted = createHybridSearch(
    [{ search: words, weight: 0 }, { search: meaning, weight: 1 }],
    { ...RRF, method: "weighted_rrf", fetchKMultiplier: 1.5 },
  );
  assert.deepEqual(unitsOf(await weighted.search("融資", 3)), [9, 4, 8]);
  assert.equal(words.calls.at(-1)!.limit, 5);
});

Deno.test("hybrid closes every search, and a signal reaches them", async () => {
  const searches = [searchDouble("a", [1]), searchDouble("b", [2])];
  const broken = { ...searchDouble("c", []), close: () => Promise.reject(new Error("stuck")) };
  const hybrid = createHybridSearch(
    [broken, ...searches].map((search) => ({ search, weight: 1 })),
    RRF,
  );
  await assert.rejects(hybrid.search("q", 1, AbortSignal.abort()), { name: "AbortError" });
  await assert.rejects(hybrid.close(), /stuck/);
  assert.deepEqual(searches.map(({ closed }) => closed), [1, 1]);
});
