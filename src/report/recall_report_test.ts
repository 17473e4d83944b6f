import assert from "node:assert/strict";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import type { RetrievalMeasurement } from "../rag/recall/measure_retrieval.ts";
import { measureRecall } from "../rag/recall/recall_measures.ts";
import type { SearchDescription } from "../rag/search/search_description.ts";
import { renderRecallReport } from "./recall_report.ts";

const [one, two, three] = makeSampleQuestions(3);
const ARTICLES = measureRecall([
  { ranked: ["a", "b"], gold: new Set(["a"]), notInCorpus: 1 },
  { ranked: ["x", "a"], gold: new Set(["a"]) },
]);
/** For scripts only. */
const NOT_SHOWN = { query: "", hits: [] };
const MEASUREMENT: RetrievalMeasurement = {
  corpus: "data/laws",
  query: "full",
  questionCount: 3,
  unresolved: [{ question: three!, reason: "the corpus has no 会社法" }],
  incompleteCount: 1,
  retrievers: [{
    retriever: "bm25",
    withHits: 2,
    articles: ARTICLES,
    latencyMs: { p50: 1.234, p95: 20 },
    ranks: [
      { question: one!, articleRank: 1, first: "甲法 第一条", ...NOT_SHOWN },
      { question: two!, articleRank: 2, first: "乙法 第二条", ...NOT_SHOWN },
    ],
  }],
};

Deno.test("the table shows counts with their shares, and who was not counted", () => {
  const lines = renderRecallReport(MEASUREMENT).split("\n");
  assert.deepEqual(lines, [
    "Corpus     data/laws",
    "Questions  3, searched for by 問題文 with 選択肢",
    "Counted    2 with a right article in the corpus, 1 of them with others that it lacks (1 in all, " +
    "counted as not found)",
    "",
    "Right article     first 1      first 3      first 5     first 10  all in first 10  MRR@10",
    "bm25           1 (50.0 %)  2 (100.0 %)  2 (100.0 %)  2 (100.0 %)       1 (50.0 %)   0.750",
    "",
    "Searches    with hits  median time  95 % below",
    "bm25      2 (100.0 %)      1.23 ms    20.00 ms",
    "",
    "Not counted (1)",
    "  2 試験用法_第1章_選択式_問題番号3: the corpus has no 会社法",
  ]);
});

Deno.test("contexts have a table of their own, and misses say what came first", () => {
  const [retriever] = MEASUREMENT.retrievers;
  const contexts = measureRecall([{ ranked: ["1"], gold: new Set(["1"]) }]);
  const notFound = { question: three!, first: "丙法 第三条", ...NOT_SHOWN };
  const text = renderRecallReport({
    ...MEASUREMENT,
    retrievers: [{ ...retriever!, contexts, ranks: [...retriever!.ranks, notFound] }],
  }, { misses: true });
  assert.match(
    text,
    /\nOwn コンテキスト +first 1 +first 3 +first 5 +first 10 +MRR@10\nbm25 +1 \(100\.0 %\)/,
  );
  assert.match(
    text,
    /Right article not first with bm25 \(2 of 3\)\n {2}1 .*: came 2\.; first was 乙法 第二条\n/,
  );
  assert.match(text, / {2}2 .*: not in the first 10; first was 丙法 第三条/);
});

Deno.test("nothing is divided by nothing", () => {
  const empty = measureRecall([]);
  const [retriever] = MEASUREMENT.retrievers;
  const text = renderRecallReport({
    ...MEASUREMENT,
    retrievers: [{ ...retriever!, articles: empty, ranks: [] }],
  });
  assert.match(text, /bm25 +0 +0 +0 +0 +-\n/);
  assert.ok(!/NaN|Infinity/.test(text));
});

Deno.test("what a search is made of beside the index stands below the table", () => {
  const description: SearchDescription = {
    index: { folder: "data/laws", corpus_sha256: "0", laws: 1, articles: 2, rows: 3 },
    citations: true,
    vectors: {
      source: "v",
      model: "m",
      model_digest: "sha256:1",
      grain: "row",
      approximate: true,
    },
    fusion: {
      method: "weighted_rrf",
      rrf_k: 30,
      vector_weight: 0.9,
      bm25_weight: 0.1,
      fetch_k_multiplier: 2,
    },
    mmr: { lambda: 0.4, fetch_k_max: 50 },
    reranker: { model: "r", model_digest: "sha256:2", candidates: 12 },
  };
  const [retriever] = MEASUREMENT.retrievers;
  const measurement = {
    ...MEASUREMENT,
    retrievers: [{ ...retriever!, retriever: "hybrid", description }],
  };
  const text = renderRecallReport(measurement);
  assert.ok(
    text.includes(
      "weighted_rrf (k 30, vector 0.9, bm25 0.1); m, one vector a row, by a graph of neighbours; " +
        "MMR (lambda 0.4); r reads 12 of each question",
    ),
    text,
  );
});
