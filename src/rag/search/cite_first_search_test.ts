import assert from "node:assert/strict";
import fc from "fast-check";
import { loadDataset } from "../../dataset/load_dataset.ts";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { createDatasetSource } from "../recall/dataset_source.ts";
import { measureRetrieval } from "../recall/measure_retrieval.ts";
import { QUERY_PARTS } from "../recall/query_part.ts";
import { RECALL_DEPTHS } from "../recall/recall_measures.ts";
import type { ArticleHit } from "./article_search.ts";
import { withCitationsFirst } from "./cite_first_search.ts";
import { createCiteSearch } from "./cite_search.ts";
import { searchDouble } from "./search_double.ts";

const [SOLE, TOPIC, PASSING] = [3.5, 2.5, 1.5];
const hit = (unit: number, score: number): ArticleHit => ({ unit, score, bestRow: unit * 10 });
const unitsOf = (hits: readonly ArticleHit[]) => hits.map(({ unit }) => unit);

/** What comes of these cited units (unit, score) and of units that words found with these scores. */
async function order(
  cited: readonly (readonly [number, number])[],
  found: readonly (readonly [number, number])[],
  limit = 10,
): Promise<number[]> {
  const hits = await withCitationsFirst(
    searchDouble("cite", cited.map(([unit, score]) => hit(unit, score))),
    searchDouble("bm25", found.map(([unit, score]) => hit(unit, score))),
  ).search("q", limit);
  hits.forEach(({ score }, at) => assert.ok(at === 0 || score <= hits[at - 1]!.score));
  return unitsOf(hits);
}

Deno.test("nothing comes before what a query says little else than", async () => {
  const found = [[1, 90], [2, 80], [3, 1]] as const;
  assert.deepEqual(await order([[3, SOLE]], found), [3, 1, 2]);
  assert.deepEqual(await order([[9, SOLE], [3, SOLE - 0.1]], found), [9, 3, 1, 2]);
  assert.deepEqual(await order([[9, SOLE], [3, SOLE - 0.1]], found, 1), [9]);
  assert.deepEqual(await order([[9, SOLE]], []), [9]);
});

Deno.test("what a query is about comes first unless another one fits more than twice as well", async () => {
  assert.deepEqual(await order([[2, TOPIC]], [[1, 10], [2, 5]]), [2, 1]);
  assert.deepEqual(await order([[2, TOPIC]], [[1, 10.1], [2, 5]]), [1, 2]);
  // Behind two others at most, though it shares no word with the query.
  const found = [[1, 10], [3, 9], [4, 8], [5, 7]] as const;
  assert.deepEqual(await order([[2, TOPIC]], found), [1, 3, 2, 4, 5]);
  assert.deepEqual(await order([[2, TOPIC]], found, 1), [1]);
  assert.deepEqual(await order([[5, TOPIC], [2, TOPIC - 0.1]], found), [5, 1, 3, 2, 4]);
});

Deno.test("what is named in passing comes first unless another one fits half as well again", async () => {
  assert.deepEqual(await order([[2, PASSING]], [[1, 9], [2, 6]]), [2, 1]);
  assert.deepEqual(await order([[2, PASSING]], [[1, 9.1], [2, 6]]), [1, 2]);
  assert.deepEqual(await order([[2, PASSING]], [[1, 9], [3, 8], [4, 7]]), [1, 3, 4, 2]);
});

Deno.test("of several named articles the words choose", async () => {
  const found = [[1, 10], [2, 9], [3, 4]] as const;
  assert.deepEqual(await order([[3, TOPIC], [2, TOPIC - 0.1]], found), [2, 1, 3]);
  assert.deepEqual(await order([[3, TOPIC], [2, PASSING]], found), [2, 1, 3]);
});

Deno.test("what the other search did not get to counts as its twentieth", async () => {
  const falling = (least: number) =>
    Array.from({ length: 30 }, (_, at) => [at, 100 - at * (100 - least) / 19] as const);
  assert.equal((await order([[99, TOPIC]], falling(51), 1))[0], 99);
  assert.equal((await order([[99, TOPIC]], falling(49), 1))[0], 0);
  assert.deepEqual((await order([[99, TOPIC]], falling(49), 3)).indexOf(99), 1);
  assert.equal((await order([[99, PASSING]], falling(66), 30)).indexOf(99), 1);
});

Deno.test("twice as well is the same of logarithms of probabilities; cosines never are", async () => {
  const reranked = [[1, Math.log(0.9)], [2, Math.log(0.5)], [3, Math.log(0.4)]] as const;
  assert.deepEqual(await order([[2, TOPIC]], reranked), [2, 1, 3]);
  assert.deepEqual(await order([[3, TOPIC]], reranked), [1, 3, 2]);
  assert.deepEqual(await order([[3, TOPIC]], [[1, 0.9], [2, 0.8], [3, 0.7]]), [3, 1, 2]);
});

Deno.test("without a citation the other search's hits stay as they are", async () => {
  const other = searchDouble("vector", [hit(4, -0.2), hit(2, -0.5)]);
  const search = withCitationsFirst(searchDouble("cite", []), other);
  assert.equal(search.type, "cite+vector");
  assert.deepEqual(await search.search("q", 5), await other.search("q", 5));
});

Deno.test("the row that is cited stays the best row", async () => {
  const cite = searchDouble("cite", [{ unit: 1, score: SOLE, bestRow: 12 }]);
  const hits = await withCitationsFirst(cite, searchDouble("bm25", [hit(1, 5)])).search("q", 5);
  assert.deepEqual(hits.map(({ unit, bestRow }) => [unit, bestRow]), [[1, 12]]);
});

Deno.test("closing closes both even where one fails, and a signal reaches both", async () => {
  const [cite, other] = [searchDouble("cite", []), searchDouble("bm25", [])];
  const search = withCitationsFirst(cite, other);
  await assert.rejects(search.search("q", 1, AbortSignal.abort()), { name: "AbortError" });
  assert.deepEqual([cite.calls.length, other.calls.length], [1, 1]);
  await search.close();
  assert.deepEqual([cite.closed, other.closed], [1, 1]);
  const broken = { ...searchDouble("cite", []), close: () => Promise.reject(new Error("stuck")) };
  await assert.rejects(withCitationsFirst(broken, other).close(), /stuck/);
  assert.equal(other.closed, 2);
});

const rankings = fc.uniqueArray(fc.tuple(fc.nat(60), fc.integer({ min: -50, max: 500 })), {
  selector: ([unit]) => unit,
  maxLength: 50,
}).map((hits) => hits.sort((a, b) => b[1] - a[1]).map(([unit, score]) => hit(unit, score)));
const citedUnits = fc.uniqueArray(
  fc.tuple(fc.nat(70), fc.double({ min: 1, max: 3.99, noNaN: true })),
  { selector: ([unit]) => unit, maxLength: 15 },
).map((hits) => hits.sort((a, b) => b[1] - a[1]).map(([unit, score]) => hit(unit, score)));

Deno.test("whatever is found, each unit comes once, best first, none lost, and the limit holds", async () => {
  await fc.assert(
    fc.asyncProperty(citedUnits, rankings, fc.nat(40), async (cited, found, limit) => {
      const search = withCitationsFirst(searchDouble("cite", cited), searchDouble("bm25", found));
      const hits = await search.search("q", limit);
      const all = new Set([...unitsOf(cited), ...unitsOf(found)]);
      assert.equal(new Set(unitsOf(hits)).size, hits.length);
      assert.ok(hits.length <= limit);
      hits.forEach(({ unit, score }, at) => {
        assert.ok(all.has(unit));
        assert.ok(at === 0 || score <= hits[at - 1]!.score);
      });
      // Fewer only where no more fit: both searches were asked for no more than 20 or the limit.
      assert.ok(hits.length >= Math.min(limit, all.size, 20));
      if (limit <= 20) {
        assert.deepEqual(unitsOf(await search.search("q", 20)).slice(0, limit), unitsOf(hits));
      }
      // What the query is about has no more than two uncited units before it.
      const named = new Set(unitsOf(cited));
      const before = (unit: number) =>
        unitsOf(hits).slice(0, unitsOf(hits).indexOf(unit)).filter((one) => !named.has(one)).length;
      for (const { unit, score } of cited) {
        if (score < 2 || !unitsOf(hits).includes(unit)) continue;
        assert.ok(before(unit) <= (score < 3 ? 2 : 0));
      }
    }),
    { numRuns: 1000 },
  );
});

const LAWS = ["市場法", "民法", "医薬品、医療機器等の品質、有効性及び安全性の確保等に関する法律"];
const NUMS = ["1", "2", "3_2", "21_2", "709"];
const STORE = corpusStoreDouble(
  LAWS.map((title) => ({
    title,
    articles: Object.fromEntries(NUMS.map((num) => [num, `${title}の本文${num}`])),
  })),
);

Deno.test("a query that is only a citation, or asks shortly about one, gives that article first", async () => {
  const places = fc.record({
    law: fc.nat(LAWS.length - 1),
    num: fc.nat(NUMS.length - 1),
    form: fc.constantFrom(
      "@",
      "@の要件は",
      "「@」",
      "@の不法行為の要件は",
      "@について教えてください。",
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      places,
      rankings,
      fc.integer({ min: 1, max: 30 }),
      async (place, found, limit) => {
        const [article, ...branches] = NUMS[place.num]!.split("_");
        const citation = `${LAWS[place.law]}${[`第${article}条`, ...branches].join("の")}`;
        const other = searchDouble("bm25", found);
        const search = withCitationsFirst(createCiteSearch(STORE), other);
        const [first] = await search.search(place.form.replace("@", citation), limit);
        assert.equal(first?.unit, place.law * NUMS.length + place.num);
      },
    ),
    { numRuns: 300 },
  );
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "on real questions it is nowhere worse than the words alone (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const source = createDatasetSource(questions, lawqa!);
    for (const query of QUERY_PARTS) {
      const { retrievers } = await measureRetrieval(questions, source, {
        retrievers: ["bm25", "cite", "cite+bm25"],
        query,
      });
      const [words, cite, both] = retrievers;
      for (const depth of RECALL_DEPTHS) {
        for (const kind of ["articles", "contexts"] as const) {
          const [alone, together] = [words, both].map((one) => one![kind]!.any_at[depth]);
          assert.ok(together! >= alone!, `${query} ${kind} ${depth}: ${together} < ${alone}`);
        }
      }
      // Where an article is named that the corpus has, the right one is first in 95 %.
      const namesAny = cite!.ranks.flatMap(({ first }, at) => first === undefined ? [] : [at]);
      const right = namesAny.filter((at) => both!.ranks[at]!.articleRank === 1);
      assert.ok(namesAny.length >= 49);
      assert.ok(right.length >= 0.95 * namesAny.length, `${right.length} of ${namesAny.length}`);
    }
  },
});
