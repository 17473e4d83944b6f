import assert from "node:assert/strict";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { corpusStoreDouble } from "../rag/index/corpus_store_double.ts";
import type { RetrievalMeasurement } from "../rag/recall/measure_retrieval.ts";
import { measureRecall } from "../rag/recall/recall_measures.ts";
import type { SearchDescription } from "../rag/search/search_description.ts";
import { recallJson } from "./recall_json.ts";

const STORE = corpusStoreDouble([{
  title: "甲法",
  lawId: "323AC0000000025",
  lawNum: "昭和二十三年法律第二十五号",
  articles: { "21_2": "届け出る。\n次の者は除く。\n(2) 𠮷野の者", "附則 3": "施行する。" },
}]);
const [one, two, three] = makeSampleQuestions(3);
const ARTICLES = measureRecall([
  { ranked: ["a", "b"], gold: new Set(["a"]), notInCorpus: 1 },
  { ranked: [], gold: new Set(["a"]) },
]);
const MEASUREMENT: RetrievalMeasurement = {
  corpus: "data/laws",
  query: "full",
  questionCount: 3,
  unresolved: [{ question: three!, reason: "the corpus has no 会社法" }],
  incompleteCount: 1,
  retrievers: [{
    retriever: "cite+bm25",
    withHits: 1,
    articles: ARTICLES,
    latencyMs: { p50: 1.234, p95: 20 },
    ranks: [
      {
        question: one!,
        articleRank: 1,
        first: "甲法 第二十一条の二",
        query: "だれが届け出るか",
        hits: [
          { unit: 0, score: 9.5, bestRow: 2, isGold: true },
          { unit: 1, score: 0.25, bestRow: 3, isGold: false },
        ],
      },
      { question: two!, query: "何もない", hits: [] },
    ],
  }],
};
const DATA = { path: "q.json", sha256: "abc" };

Deno.test("the JSON holds summaries, queries, and every hit with its score, law, place and text", () => {
  const law = {
    law_id: "323AC0000000025",
    law_num: "昭和二十三年法律第二十五号",
    law_title: "甲法",
  };
  const empty = { article_caption: "", headings: [], is_deleted: false, amending_law_num: null };
  assert.deepEqual(JSON.parse(recallJson(MEASUREMENT, { data: DATA, store: STORE })), {
    schema_version: 1,
    houqa_version: HOUQA_VERSION,
    data_path: "q.json",
    data_sha256: "abc",
    corpus: "data/laws",
    query: "full",
    question_count: 3,
    incomplete_count: 1,
    unresolved: [{ index: 2, file_name: three!.fileName, reason: "the corpus has no 会社法" }],
    queries: [
      { index: 0, file_name: one!.fileName, text: "だれが届け出るか" },
      { index: 1, file_name: two!.fileName, text: "何もない" },
    ],
    retrievers: [{
      retriever: "cite+bm25",
      score_kind: "bm25",
      with_hits: 1,
      articles: ARTICLES,
      latency_ms: { p50: 1.234, p95: 20 },
      questions: [
        {
          index: 0,
          file_name: one!.fileName,
          article_rank: 1,
          hits: [
            {
              rank: 1,
              score: 9.5,
              is_gold: true,
              ...law,
              label: "第21条の2",
              url: "https://laws.e-gov.go.jp/law/323AC0000000025#Mp-At_21_2",
              ...empty,
              provision: "main",
              article: "21_2",
              article_title: "第二十一条の二",
              unit: 0,
              row: 2,
              kind: "item",
              paragraph: "2",
              item: "2",
              subitems: [],
              text: "𠮷野の者",
              // As Python counts: 𠮷 is one.
              characters: 4,
            },
            {
              rank: 2,
              score: 0.25,
              is_gold: false,
              ...law,
              label: "附則第3条",
              url: "https://laws.e-gov.go.jp/law/323AC0000000025",
              ...empty,
              provision: "supplementary",
              article: "3",
              article_title: "第三条",
              unit: 1,
              row: 3,
              kind: "paragraph",
              paragraph: "1",
              item: null,
              subitems: [],
              text: "施行する。",
              characters: 5,
            },
          ],
        },
        { index: 1, file_name: two!.fileName, article_rank: null, hits: [] },
      ],
    }],
  });
});

Deno.test("the JSON says what a search is made of, and what its scores are", () => {
  const description: SearchDescription = {
    index: { folder: "data/laws", corpus_sha256: "0", laws: 1, articles: 2, rows: 3 },
    citations: true,
    reranker: { model: "r", model_digest: "sha256:2", candidates: 12 },
  };
  const [retriever] = MEASUREMENT.retrievers;
  const json = JSON.parse(recallJson({
    ...MEASUREMENT,
    retrievers: [{ ...retriever!, retriever: "cite+bm25+rerank", description }],
  }, { data: DATA, store: STORE }));
  assert.deepEqual(json.retrievers[0].search, description);
  assert.equal(json.retrievers[0].score_kind, "log_probability");
});

Deno.test("nothing measured gives empty lists", () => {
  const empty = { ...MEASUREMENT, retrievers: [] };
  const json = JSON.parse(recallJson(empty, { data: DATA, store: STORE }));
  assert.deepEqual([json.queries, json.retrievers], [[], []]);
});
