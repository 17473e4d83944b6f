import assert from "node:assert/strict";
import { resolveSettings } from "./resolve_settings.ts";
import { defaultVectorStore, type SearchConfig, searchConfig } from "./search_config.ts";
import { UsageError } from "./usage_error.ts";

type Options = Parameters<typeof resolveSettings>[0]["options"];

function configOf(
  options: Options = {},
  environment: Record<string, string> = {},
): SearchConfig {
  const settings = resolveSettings({
    options,
    environment: (name) => environment[name],
    dotenv: {},
  });
  return searchConfig(settings, "data/laws/");
}

function refusal(options: Options, environment: Record<string, string> = {}): string {
  try {
    configOf(options, environment);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  throw new Error("nothing was refused");
}

Deno.test("without anything said it is bm25 after citations, from the index's own files", () => {
  const config = configOf();
  assert.equal(config.retriever, "bm25");
  assert.equal(config.citations, true);
  assert.equal(config.textServer, undefined);
  assert.equal(config.vectorStore, "data/laws_vectors");
  assert.equal(config.mmr, undefined);
  assert.equal(config.reranker, undefined);
  assert.deepEqual([config.keep, config.expand], [3, []]);
});

Deno.test("the group's variables keep their meaning", () => {
  const config = configOf({}, {
    RETRIEVER_TYPE: "hybrid",
    VECTOR_STORE_PATH: "v",
    EMBEDDING_MODEL: "cl-nagoya/ruri-v3-30m",
    FUSION_METHOD: "weighted_rrf",
    RRF_K: "30",
    VECTOR_WEIGHT: "0.7",
    BM25_WEIGHT: "0.3",
    FETCH_K_MULTIPLIER: "4",
    MMR_LAMBDA: "0.8",
    MMR_FETCH_K_MAX: "40",
    RERANKER_ENABLED: "true",
    RERANKER_MODEL: "Org/R",
    RERANKER_TOP_N: "5",
    RETRIEVER_TOP_K: "20",
  });
  assert.equal(config.vectorStore, "v");
  assert.equal(config.embeddingModel, "cl-nagoya/ruri-v3-30m");
  assert.deepEqual(config.fusion, {
    method: "weighted_rrf",
    rrfK: 30,
    vectorWeight: 0.7,
    bm25Weight: 0.3,
    fetchKMultiplier: 4,
  });
  assert.deepEqual(config.mmr, { lambda: 0.8, fetchKMax: 40 });
  assert.deepEqual(config.reranker, { model: "Org/R", candidates: 20 });
  assert.equal(config.keep, 5);
  assert.equal(configOf({ retriever_type: "vector" }, { USE_MMR: "false" }).mmr, undefined);
});

Deno.test("a reranker without a number to keep chooses among four times as many", () => {
  const config = configOf({ reranker_enabled: true, reranker_model: "m", top_k: "5" });
  assert.deepEqual(config.reranker, { model: "m", candidates: 20 });
  assert.equal(config.keep, 5);
});

Deno.test("rerankers that can't be meant are refused", () => {
  assert.match(refusal({ reranker_model: "m" }), /--reranker-model needs --use-reranker/);
  assert.match(refusal({ rerank_top_n: "2" }), /--rerank-top-n needs --use-reranker/);
  assert.match(refusal({ reranker_enabled: true }), /needs a model: set --reranker-model/);
  const on = { reranker_enabled: true, reranker_model: "m" };
  assert.match(refusal({ ...on, retriever_type: "cite" }), /cited needs no reranking/);
  assert.match(
    refusal({ ...on, rerank_top_n: "9" }),
    /--rerank-top-n is 9, more than the 3 statutes of/,
  );
  assert.equal(configOf({}, { RERANKER_MODEL: "m", RERANKER_TOP_N: "9" }).reranker, undefined);
});

Deno.test("expansions are a list, each once; others are refused", () => {
  assert.deepEqual(
    configOf({ expand: "references, Neighbours,references" }).expand,
    ["references", "neighbours"],
  );
  assert.match(refusal({ expand: "all" }), /neighbours or references/);
});

Deno.test("vectors lie beside their index", () => {
  assert.equal(defaultVectorStore("a/b//"), "a/b_vectors");
});
