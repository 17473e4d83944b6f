import assert from "node:assert/strict";
import { makeSampleQuestions } from "../../dataset/sample_questions.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { buildIndex } from "../index/build_index.ts";
import { createContextStore } from "./context_store.ts";
import { openIndexSource } from "./index_source.ts";
import { measureRetrieval } from "./measure_retrieval.ts";

Deno.test("an index on disk is measured with every search it has", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const questions = makeSampleQuestions(12);
    await buildIndex(createContextStore(questions).laws, folder);
    const source = await openIndexSource(folder);
    assert.equal(source.name, folder);
    const { retrievers, unresolved } = await measureRetrieval(questions, source, {
      retrievers: source.retrievers,
      query: "full",
    });
    await assert.rejects(source.open("hybrid"), UsageError);
    await source.close();
    assert.deepEqual(unresolved, []);
    assert.deepEqual(retrievers.map(({ retriever }) => retriever), ["bm25", "cite", "cite+bm25"]);
    for (const { retriever, articles, contexts } of retrievers) {
      assert.equal(articles.questions, 12, retriever);
      assert.equal(articles.any_at["10"], 12, retriever);
      assert.equal(contexts, undefined);
    }
    assert.equal(retrievers[1]!.articles.any_at["1"], 12);
    assert.equal(retrievers[2]!.articles.any_at["1"], 12);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder that is no index is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(openIndexSource(folder), UsageError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
