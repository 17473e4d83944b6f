import assert from "node:assert/strict";
import { makeSampleQuestions } from "../../dataset/sample_questions.ts";
import { createContextStore } from "./context_store.ts";
import { matchLawIds } from "./match_law_ids.ts";

const ACT = "https://laws.e-gov.go.jp/law/323AC0000000025";
const ORDER = "https://laws.e-gov.go.jp/law/340CO0000000321";
const RULE = "https://laws.e-gov.go.jp/law/419M60000002052";

function questionsWith(...contexts: [string, string[]][]) {
  return makeSampleQuestions(contexts.length).map((question, i) => ({
    ...question,
    context: contexts[i]![0],
    references: contexts[i]![1],
  }));
}

Deno.test("each context is there once, its articles as units of their laws", () => {
  const one = "## 甲法\n### 第1条\n一\n## 乙法\n### 第2条\n二";
  const two = "## 甲法\n### 第1条\n#### 第2項\n一の二";
  const { store, contexts, contextOfUnit, laws } = createContextStore(
    questionsWith([one, []], [two, []], [one, []], ["", []]),
  );
  assert.deepEqual(contexts, [one, two]);
  assert.deepEqual(store.unitsOf("甲法", "1").map(({ unit }) => contextOfUnit[unit]), [0, 1]);
  assert.deepEqual(store.unitsOf("乙法", "2").map(({ unit }) => contextOfUnit[unit]), [0]);
  assert.equal(contextOfUnit.length, store.unitCount);
  assert.deepEqual(laws.map(({ title, units }) => [title, units.length]), [["甲法", 2], [
    "乙法",
    1,
  ]]);
});

Deno.test("titles get the ids of the references where a question leaves no doubt", () => {
  const questions = questionsWith(
    ["## 甲法\n### 第1条\n一\n## 甲法施行令\n### 第1条\n二", [ACT, ORDER]],
    ["## 甲法\n### 第1条\n一\n## 乙法\n### 第2条\n二", [ACT]],
    ["## 丙府令\n### 第1条\n一\n## 指針\n### 4-1\n二", [RULE, "https://example.com/a.pdf"]],
    ["## 丁規則\n### 第1条\n一", []],
  );
  assert.deepEqual([...matchLawIds(questions)], [
    ["甲法", "323AC0000000025"],
    ["甲法施行令", "340CO0000000321"],
    ["丙府令", "419M60000002052"],
  ]);
  const { store } = createContextStore(questions);
  assert.deepEqual([...store.laws()].map(({ lawId }) => lawId), [
    "323AC0000000025",
    "340CO0000000321",
    "乙法",
    "419M60000002052",
    "指針",
    "丁規則",
  ]);
});

Deno.test("a title that references pair with several ids has the one of most questions", () => {
  const other = "https://laws.e-gov.go.jp/law/335AC0000000145";
  const context = "## 甲法\n### 第1条\n一";
  const questions = questionsWith([context, [other]], [context, [ACT]], [context, [ACT]]);
  assert.deepEqual([...matchLawIds(questions)], [["甲法", "323AC0000000025"]]);
});
