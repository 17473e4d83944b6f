import assert from "node:assert/strict";
import { join } from "node:path";
import { makeSampleQuestions } from "../../dataset/sample_questions.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { buildIndex } from "../index/build_index.ts";
import { writeCrossEncoderDouble } from "../rerank/cross_encoder_double.ts";
import { embedInto, searchConfigDouble } from "../search/law_search_double.ts";
import { writeEmbeddingDouble } from "../vector/embedding_model_double.ts";
import { createContextStore } from "./context_store.ts";
import { openIndexSource } from "./index_source.ts";
import { measureRetrieval } from "./measure_retrieval.ts";

const QUESTIONS = makeSampleQuestions(12);

async function withIndex(action: (index: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const index = join(folder, "laws");
    await buildIndex(createContextStore(QUESTIONS).laws, index);
    await action(index, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an index on disk is measured with every search it has", () =>
  withIndex(async (index) => {
    const source = await openIndexSource({ config: searchConfigDouble(index), hasVectors: false });
    assert.equal(source.name, index);
    const { retrievers, unresolved } = await measureRetrieval(QUESTIONS, source, {
      retrievers: source.retrievers,
      query: "full",
    });
    await assert.rejects(source.open("hybrid"), /only by cite, bm25, cite\+bm25\..* laws embed/);
    await source.close();
    assert.deepEqual(unresolved, []);
    assert.deepEqual(retrievers.map(({ retriever }) => retriever), ["cite", "bm25", "cite+bm25"]);
    for (const { retriever, articles, contexts } of retrievers) {
      assert.equal(articles.questions, 12, retriever);
      assert.equal(articles.any_at["10"], 12, retriever);
      assert.equal(contexts, undefined);
    }
    assert.equal(retrievers[0]!.articles.any_at["1"], 12);
    assert.equal(retrievers[2]!.articles.any_at["1"], 12);
  }));

Deno.test("with vectors and a reranker it has more searches, under the names of result files", () =>
  withIndex(async (index, folder) => {
    await embedInto(`${index}_vectors`, index, await writeEmbeddingDouble(join(folder, "model")));
    const model = await writeCrossEncoderDouble(join(folder, "reranker"));
    const source = await openIndexSource({
      config: searchConfigDouble(index, { reranker: { model, candidates: 5 } }),
      hasVectors: true,
    });
    try {
      assert.deepEqual(source.retrievers, [
        "cite",
        ...["bm25", "bm25+rerank", "vector", "vector+rerank", "hybrid", "hybrid+rerank"]
          .flatMap((name) => [name, `cite+${name}`]),
      ]);
      for (const name of source.retrievers) {
        const search = await source.open(name);
        assert.equal(search.type, name);
        await search.close();
      }
    } finally {
      await source.close();
    }
  }));

Deno.test("a folder that is no index is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      openIndexSource({ config: searchConfigDouble(folder), hasVectors: false }),
      UsageError,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
