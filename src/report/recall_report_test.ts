import assert from "node:assert/strict";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import type { RetrievalMeasurement } from "../rag/recall/measure_retrieval.ts";
import { measureRecall } from "../rag/recall/recall_measures.ts";
import { recallReportJson, renderRecallReport } from "./recall_report.ts";

const [one, two, three] = makeSampleQuestions(3);
const ARTICLES = measureRecall([
  { ranked: ["a", "b"], gold: new Set(["a"]), notInCorpus: 1 },
  { ranked: ["x", "a"], gold: new Set(["a"]) },
]);
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
      { question: one!, articleRank: 1, first: "甲法 第一条" },
      { question: two!, articleRank: 2, first: "乙法 第二条" },
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
  const notFound = { question: three!, first: "丙法 第三条" };
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

Deno.test("the JSON holds the summaries, every question's rank, and what was searched", () => {
  const json = JSON.parse(recallReportJson(MEASUREMENT, { path: "q.json", sha256: "abc" }));
  assert.deepEqual(json, {
    schema_version: 1,
    data_path: "q.json",
    data_sha256: "abc",
    corpus: "data/laws",
    query: "full",
    question_count: 3,
    incomplete_count: 1,
    unresolved: [{ index: 2, file_name: three!.fileName, reason: "the corpus has no 会社法" }],
    retrievers: [{
      retriever: "bm25",
      with_hits: 2,
      articles: ARTICLES,
      latency_ms: { p50: 1.234, p95: 20 },
      questions: [
        { index: 0, file_name: one!.fileName, article_rank: 1 },
        { index: 1, file_name: two!.fileName, article_rank: 2 },
      ],
    }],
  });
});
