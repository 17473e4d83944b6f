import assert from "node:assert/strict";
import { makeSampleQuestions } from "../../dataset/sample_questions.ts";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import type { ArticleSearch } from "../search/article_search.ts";
import { measureRetrieval } from "./measure_retrieval.ts";
import type { RetrievalSource } from "./retrieval_source.ts";

const STORE = corpusStoreDouble([
  { title: "試験用法", articles: { "1": "一", "2": "二", "3": "三", "附則": "附則" } },
]);

/** Finds these units, by the number of the call. */
function sourceOf(
  answers: readonly (readonly number[])[],
  contexts?: RetrievalSource["contexts"],
) {
  const queries: string[] = [];
  const closed: string[] = [];
  const source: RetrievalSource = {
    name: "double",
    store: STORE,
    ...(contexts === undefined ? {} : { contexts }),
    retrievers: ["double"],
    open(type): Promise<ArticleSearch> {
      let calls = 0;
      return Promise.resolve({
        type,
        search(query) {
          queries.push(query);
          const units = answers[calls++] ?? [];
          return Promise.resolve(units.map((unit, i) => ({ unit, score: 10 - i, bestRow: unit })));
        },
        close: () => Promise.resolve(void closed.push(type)),
      });
    },
    close: () => Promise.resolve(),
  };
  return { source, queries, closed };
}

const QUESTIONS = makeSampleQuestions(3);

Deno.test("each search is asked for every question and compared with its right articles", async () => {
  const { source, queries, closed } = sourceOf([[0], [0, 2, 1], []]);
  let clock = 0;
  const { retrievers, ...rest } = await measureRetrieval(QUESTIONS, source, {
    retrievers: ["double", "again"],
    query: "full",
    monotonicMs: () => clock += 2,
  });
  assert.deepEqual(rest, {
    corpus: "double",
    query: "full",
    questionCount: 3,
    unresolved: [],
    incompleteCount: 0,
  });
  const [first] = retrievers;
  assert.deepEqual(retrievers.map(({ retriever }) => retriever), ["double", "again"]);
  assert.deepEqual(first!.articles.any_at, { "1": 1, "3": 2, "5": 2, "10": 2 });
  assert.equal(first!.withHits, 2);
  assert.equal(first!.contexts, undefined);
  assert.deepEqual(first!.latencyMs, { p50: 2, p95: 2 });
  assert.deepEqual(first!.ranks.map(({ articleRank, first }) => [articleRank, first]), [
    [1, "試験用法 第一条"],
    [3, "試験用法 第一条"],
    [undefined, undefined],
  ]);
  assert.deepEqual(first!.ranks.map(({ hits }) => hits), [
    [{ unit: 0, score: 10, bestRow: 0, isGold: true }],
    [
      { unit: 0, score: 10, bestRow: 0, isGold: false },
      { unit: 2, score: 9, bestRow: 2, isGold: false },
      { unit: 1, score: 8, bestRow: 1, isGold: true },
    ],
    [],
  ]);
  assert.deepEqual(first!.ranks.map(({ query }) => query), queries.slice(0, 3));
  assert.deepEqual(closed, ["double", "again"]);
  assert.match(queries[0]!, /^試験用法第1条の届出の期間はどれですか。\na 2日\nb 12日/);
});

Deno.test("the question alone is searched for where that is asked", async () => {
  const { source, queries } = sourceOf([]);
  await measureRetrieval(QUESTIONS, source, { retrievers: ["double"], query: "question" });
  assert.deepEqual(queries, QUESTIONS.map(({ question }) => question));
});

Deno.test("questions without a right article in the corpus are not counted, and said", async () => {
  const { source } = sourceOf([[0]]);
  const questions = [
    QUESTIONS[0]!,
    { ...QUESTIONS[1]!, context: "## 指針\n### 4-1\n説明" },
    { ...QUESTIONS[2]!, context: "## 試験用法\n### 第2条\n二\n### 第9条\n九" },
  ];
  const { unresolved, incompleteCount, retrievers } = await measureRetrieval(questions, source, {
    retrievers: ["double"],
    query: "full",
  });
  assert.deepEqual(unresolved, [{
    question: questions[1],
    reason: "it quotes no article of a law, but 指針",
  }]);
  assert.equal(incompleteCount, 1);
  const { questions: counted, recall_at, not_in_corpus } = retrievers[0]!.articles;
  assert.equal(counted, 2);
  // The first is found at once; of the other's two articles the corpus has one, which is not found.
  assert.equal(recall_at!["10"], 1 / 2);
  assert.deepEqual(not_in_corpus, { articles: 1, questions: 1 });
});

Deno.test("units of one article count once; contexts are ranked by their first unit", async () => {
  const texts = ["別の文", QUESTIONS[2]!.context];
  const { source } = sourceOf([[0, 0, 1, 2]], { texts, ofUnit: [0, 0, 1, 1] });
  const { retrievers } = await measureRetrieval([QUESTIONS[2]!], source, {
    retrievers: ["double"],
    query: "full",
  });
  const { articleRank, contextRank, hits } = retrievers[0]!.ranks[0]!;
  assert.deepEqual([articleRank, contextRank], [3, 2]);
  assert.deepEqual(hits.map(({ unit }) => unit), [0, 1, 2]);
  assert.deepEqual(retrievers[0]!.contexts!.any_at, { "1": 0, "3": 1, "5": 1, "10": 1 });
});

Deno.test("a signal ends the measurement and closes the search", async () => {
  const { source, closed } = sourceOf([]);
  await assert.rejects(
    measureRetrieval(QUESTIONS, source, {
      retrievers: ["double"],
      query: "full",
      signal: AbortSignal.abort(),
    }),
    { name: "AbortError" },
  );
  assert.deepEqual(closed, ["double"]);
});
