import assert from "node:assert/strict";
import { distinctQuestion, lawqaItem } from "../distinct_question_double.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { isLetter, type Letter } from "../question.ts";
import { type LabelCounts, readLabels } from "./read_labels.ts";

const readLetter = (text: string): Letter | undefined => isLetter(text) ? text : undefined;

async function labelsOf(name: string, content: unknown): Promise<LabelCounts[]> {
  const folder = await Deno.makeTempDir();
  try {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return await readLabels(`${folder}/${name}`, readLetter);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const result = (correct: unknown, predicted: unknown, more: object = {}) => ({
  question: "問",
  correct_answer: correct,
  predicted_answer: predicted,
  ...more,
});

Deno.test("the correct letters of a question file are counted", async () => {
  const samples = [0, 1, 1, 2, 7].map((number, index) =>
    lawqaItem({ ...distinctQuestion(index), answer: "abcd"[number % 4] as Letter })
  );
  const [counts, ...none] = await labelsOf("q.json", { samples });
  assert.equal(none.length, 0);
  const { role, letters, total, unparsed, test } = counts!;
  assert.deepEqual([role, letters, total, unparsed], [
    ...["correct", { a: 1, b: 2, c: 1, d: 1 }, 5, 0],
  ]);
  assert.equal(test!.letter, "b");
});

Deno.test("what records teach is read from their last turn", async () => {
  const turns = ["a", "a", "b", "わからない"].map((content) => ({
    messages: [{ role: "user", content: "問" }, { role: "assistant", content }],
  }));
  const unanswered = { messages: [{ role: "user", content: "問" }] };
  const lines = [...turns, unanswered].map((record) => JSON.stringify(record)).join("\n");
  for (const name of ["x.jsonl", "x.json"]) {
    const [counts] = await labelsOf(name, lines);
    const { role, letters, total, unparsed } = counts!;
    assert.deepEqual([role, letters, total, unparsed], [
      ...["taught", { a: 2, b: 1, c: 0, d: 0 }, 5, 2],
    ]);
  }
});

Deno.test("results of houqa and of the older evaluator give correct and predicted letters", async () => {
  const older = [
    ...Array.from({ length: 100 }, (_, index) => result("abcd"[index % 4], "a")),
    ...["b", "ｃ", "D ", "unknown", "4", null, "error"].map((value) => result("d", value)),
  ];
  const [correct, predicted] = await labelsOf("old.json", { config: {}, results: older });
  assert.deepEqual([correct!.role, correct!.letters], ["correct", { a: 25, b: 25, c: 25, d: 32 }]);
  assert.deepEqual(predicted!.letters, { a: 100, b: 1, c: 1, d: 1 });
  const { unparsed, truncated, errors, total, test } = predicted!;
  assert.deepEqual([unparsed, truncated, errors, total], [3, 0, 1, 107]);
  assert.ok(test!.isCollapse && test!.pValue < 1e-20);

  const own = [result("a", "unknown", { outcome: "truncated" }), result("b", "b")];
  const [, cut] = await labelsOf("own.json", { schema_version: 1, results: own });
  assert.deepEqual([cut!.truncated, cut!.unparsed, cut!.letters.b], [1, 0, 1]);
});

Deno.test("a file that holds none of these is refused with its name", async () => {
  const cases: [string, unknown, RegExp][] = [
    ["r.json", { results: [] }, /r\.json is no result file: results: is empty/],
    ["r.json", { results: [{ correct_answer: "a" }] }, /results\.0: has no predicted_answer/],
    ["r.json", '{"results": [1]}\n{', /r\.json is not valid JSON/],
    ["r.json", { results: [3] }, /results\.0: must be an object/],
    ["m.json", { seed: 1 }, /neither a list "samples"/],
    ["x.jsonl", '{"messages": []}\n', /line 1: messages: has no turn with the role "user"/],
    ["x.jsonl", "\n\n", /holds no records/],
    ["x.jsonl", '{"messages": [', /line 1 is not valid JSON/],
    ["x.jsonl", '\n{"messages": [{"role": "user"}]}', /line 2: messages\.0\.content: must be/],
  ];
  for (const [name, content, expected] of cases) {
    await assert.rejects(labelsOf(name, content), (error: Error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, expected);
      return true;
    });
  }
});
