import assert from "node:assert/strict";
import { scoreKind } from "./score_kind.ts";
import type { SearchDescription } from "./search_description.ts";

const INDEX: SearchDescription = {
  index: { folder: "laws", corpus_sha256: "0", laws: 1, articles: 2, rows: 3 },
  citations: true,
};
const VECTORS: SearchDescription = {
  ...INDEX,
  vectors: { source: "v", model: "m", model_digest: "sha256:1", grain: "row", approximate: false },
};
const MMR = { lambda: 0.5, fetch_k_max: 50 };
const FUSION = { rrf_k: 60, vector_weight: 1, bm25_weight: 1, fetch_k_multiplier: 2 };

Deno.test("the last step of a search says what its scores are", () => {
  const cases: [string, SearchDescription | undefined, string][] = [
    ["cite", undefined, "citation"],
    ["cite", INDEX, "citation"],
    ["bm25", undefined, "bm25"],
    ["cite+bm25", INDEX, "bm25"],
    ["cite+vector", VECTORS, "cosine"],
    ["vector", { ...VECTORS, mmr: MMR }, "reciprocal_rank"],
    ["hybrid", { ...VECTORS, mmr: MMR, fusion: { ...FUSION, method: "rrf" } }, "rrf"],
    ["hybrid", { ...VECTORS, fusion: { ...FUSION, method: "weighted" } }, "weighted"],
    [
      "cite+bm25+rerank",
      { ...INDEX, reranker: { model: "r", model_digest: "sha256:2", candidates: 12 } },
      "log_probability",
    ],
  ];
  for (const [type, description, kind] of cases) {
    assert.equal(scoreKind(type, description), kind, `${type} ${kind}`);
  }
});
