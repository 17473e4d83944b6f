import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { diverseSearch } from "../fusion/diverse_search.ts";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { buildVectorIndex } from "../vector/build_vector_index.ts";
import { embedderDouble } from "../vector/embedder_double.ts";
import type { Grain } from "../vector/passage_text.ts";
import { VectorIndex } from "../vector/vector_index.ts";
import { vectorSimilarity } from "../vector/vector_similarity.ts";
import { createVectorSearch } from "./vector_search.ts";

const store = corpusStoreDouble([{
  title: "銀行法",
  articles: {
    "1": "銀行業の免許は内閣総理大臣が与える。\n手数料は政令で定める。\n(1) 申請書の様式",
    "2": "銀行業の免許は内閣総理大臣が与える。",
    "3": "保険会社は毎年帳簿を作成する。\n帳簿は十年間保存する。",
    "4": "罰則として罰金に処する。",
    "5": "銀行は営業所を移転するときは届け出る。",
  },
}]);

/** Runs the body with a search over a fresh index, and the embedder it asks. */
function withSearch(
  grain: Grain,
  body: (
    search: ReturnType<typeof createVectorSearch>,
    index: VectorIndex,
    embedder: ReturnType<typeof embedderDouble>,
  ) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (temporary) => {
    const folder = join(temporary, "vectors");
    const embedder = embedderDouble({ dimensions: 512 });
    await buildVectorIndex({ store, corpusDigest: "sha256:c", embedder, folder, grain });
    embedder.asked.length = 0;
    const index = await VectorIndex.open({
      folder,
      corpus: { digest: "sha256:c", units: store.unitCount, rows: store.rowCount },
      embedder: embedder.identity,
      rebuildCommand: "",
    });
    await body(createVectorSearch({ index, embedder, store }), index, embedder);
  });
}

Deno.test("articles come by the closeness of their vectors, with their best row", () =>
  withSearch("unit", async (search, _, embedder) => {
    assert.equal(search.type, "vector");
    const hits = await search.search("帳簿は何年間保存するか", 3);
    assert.equal(hits.length, 3);
    assert.deepEqual(embedder.asked, [{ text: "帳簿は何年間保存するか", kind: "query" }]);
    const { unit, bestRow, score } = hits[0]!;
    assert.equal(store.unit(unit).title, "第三条");
    assert.equal(store.row(bestRow).text, "帳簿は十年間保存する。");
    assert.ok(score > 0 && score <= 1);
    hits.forEach((hit, at) => assert.ok(at === 0 || hit.score <= hits[at - 1]!.score));
    // A row of the article even where none shares anything with the query.
    const [far] = await search.search("zz", 1);
    assert.equal(store.row(far!.bestRow).unit, far!.unit);
    await search.close();
    assert.equal(embedder.closed, 1);
  }));

Deno.test("rows are gathered to articles, each once, until there are enough", () =>
  withSearch("row", async (search) => {
    const hits = await search.search("銀行業の免許", 2);
    assert.deepEqual(hits.map(({ unit }) => unit).sort(), [0, 1]);
    assert.deepEqual(hits.map(({ bestRow }) => store.row(bestRow).text), [
      "銀行業の免許は内閣総理大臣が与える。",
      "銀行業の免許は内閣総理大臣が与える。",
    ]);
    const all = await search.search("銀行業の免許", 100);
    assert.deepEqual(all.map(({ unit }) => unit).sort(), [0, 1, 2, 3, 4]);
    await search.close();
  }));

Deno.test("nothing is asked of the model for an empty query or no hits", () =>
  withSearch("unit", async (search, _, embedder) => {
    assert.deepEqual(await search.search(" \n", 3), []);
    assert.deepEqual(await search.search("銀行", 0), []);
    assert.equal(embedder.asked.length, 0);
    await assert.rejects(search.search("銀行", 1, AbortSignal.abort()), { name: "AbortError" });
    await search.close();
  }));

for (const grain of ["unit", "row"] as const) {
  Deno.test(`an article that repeats a better one moves back (${grain} vectors)`, () =>
    withSearch(grain, async (search, index) => {
      const query = "銀行業の免許は内閣総理大臣が与える";
      const plain = await search.search(query, 2);
      assert.deepEqual(plain.map(({ unit }) => unit).sort(), [0, 1]);
      const diverse = diverseSearch(search, {
        lambda: 0.3,
        fetchKMax: 50,
        similarity: vectorSimilarity(index),
      });
      const hits = await diverse.search(query, 2);
      assert.equal(hits[0]!.unit, plain[0]!.unit);
      assert.notEqual(hits[1]!.unit, plain[1]!.unit);
      assert.deepEqual(hits.map(({ score }) => score), [1, 0.5]);
      const [own] = plain;
      assert.ok(Math.abs(vectorSimilarity(index).between([own!, own!])(0, 1) - 1) < 1e-5);
      await diverse.close();
    }));
}
