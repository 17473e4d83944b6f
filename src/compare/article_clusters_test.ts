import assert from "node:assert/strict";
import { loadDataset } from "../dataset/load_dataset.ts";
import type { Question } from "../dataset/question.ts";
import { clusterByArticle, lawOf } from "./article_clusters.ts";
import type { ComparedQuestion } from "./compared_run.ts";
import { makeComparedRun } from "./compared_run_double.ts";
import { QuestionKeys } from "./question_key.ts";

const CONTEXTS = [
  "## 甲法\n### 第5条\n#### 第1項\n本文",
  "## 甲法\n### 第６条\n本文",
  "## 甲法\n### 第5条\n#### 第2項\n別の項\n### 第6条\n本文",
  "## 乙法\n### 第5条\n本文",
  "",
  "",
];

function sampleQuestions(contexts: readonly string[]): Question[] {
  return contexts.map((context, index) => ({
    index,
    fileName: `甲法_問題番号${index}`,
    context,
    instruction: "",
    question: `問題${index}`,
    choices: { a: "一", b: "二", c: "三", d: "四" },
    answer: "a",
    references: [],
  }));
}

/** Results of these questions; `promptOf` makes the prompt that the file holds. */
function resultsOf(
  questions: readonly Question[],
  promptOf?: (question: Question) => string,
): ComparedQuestion[] {
  const [model] = makeComparedRun("a.json", ["a"]).questions;
  const keys = new QuestionKeys();
  return questions.map((question) => ({
    ...model!,
    key: keys.next(question.question, question.choices),
    index: question.index,
    fileName: question.fileName,
    question: question.question,
    ...(promptOf === undefined ? {} : { prompt: promptOf(question) }),
  }));
}

/** Which questions are together, by position. */
function groupsOf(clusterOf: ReadonlyMap<string, number>): number[][] {
  const places = [...clusterOf.values()].entries();
  return [...Map.groupBy(places, ([, cluster]) => cluster).values()]
    .map((group) => group.map(([place]) => place));
}

Deno.test("questions that share an article are together, also through a third one", () => {
  const dataset = sampleQuestions(CONTEXTS);
  const found = clusterByArticle(resultsOf(dataset), { dataset, hasGoldContext: false });
  assert.equal(found.by, "article");
  assert.deepEqual(groupsOf(found.clusterOf), [[0, 1, 2], [3], [4], [5]]);
});

Deno.test("prompts with the question's own statutes tell the same as the question file", () => {
  const dataset = sampleQuestions(CONTEXTS.slice(0, 4));
  const results = resultsOf(
    dataset,
    ({ context, question }) => `【参照条文】\n${context}\n\n【問題文】\n${question}\na 一\nb 二`,
  );
  const found = clusterByArticle(results, { hasGoldContext: true });
  assert.equal(found.by, "article");
  assert.deepEqual(groupsOf(found.clusterOf), [[0, 1, 2], [3]]);
});

Deno.test("without articles laws are groups only where there are many; the reason is told", () => {
  const few = resultsOf(sampleQuestions(CONTEXTS));
  const alone = clusterByArticle(few, { hasGoldContext: false, reason: "q.json has changed" });
  assert.equal(alone.by, "question");
  assert.equal(alone.note, "q.json has changed");
  assert.equal(groupsOf(alone.clusterOf).length, CONTEXTS.length);
  const many = resultsOf(sampleQuestions(Array(60).fill(""))).map((question, index) => ({
    ...question,
    fileName: `法${index % 20}_問題番号${index}`,
  }));
  const byLaw = clusterByArticle(many, { hasGoldContext: false });
  assert.equal(byLaw.by, "law");
  assert.equal(groupsOf(byLaw.clusterOf).length, 20);
  assert.equal(lawOf({ fileName: "" }), "?");
});

const LAWQA = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "lawqa_jp's questions are grouped by file and by prompt alike",
  ignore: LAWQA === undefined,
  async fn() {
    const { questions } = await loadDataset(LAWQA!);
    const results = resultsOf(questions, ({ context }) => `【参照条文】\n${context}\n\n【問題文】`);
    const byFile = clusterByArticle(results, { dataset: questions, hasGoldContext: false });
    const byPrompt = clusterByArticle(results, { hasGoldContext: true });
    const groups = groupsOf(byFile.clusterOf);
    assert.deepEqual(groupsOf(byPrompt.clusterOf), groups);
    assert.equal(groups.length, 82);
    assert.equal(Math.max(...groups.map((group) => group.length)), 9);
  },
});
