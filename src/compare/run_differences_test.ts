import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { checkComparable } from "./check_comparable.ts";
import type { ComparedRun } from "./compared_run.ts";
import { makeComparedRun, rightWhere, wrongLetter } from "./compared_run_double.ts";
import { DIFFERENCE_NAMES, parseAllowed } from "./run_differences.ts";

const FACTS = {
  "provenance.dataset.sha256": "1111",
  "provenance.prompt.sha256": "2222",
  "provenance.extraction_version": "1",
  "provenance.llm.dtype": "q8",
  "provenance.llm.device": "cpu",
  "config.context": "gold",
  "config.answer_mode": "generate",
};

function runWith(path: string, facts: Record<string, string | undefined> = {}): ComparedRun {
  const all = Object.entries({ ...FACTS, ...facts }).filter(([, value]) => value !== undefined);
  return makeComparedRun(path, rightWhere(12, () => true), {
    facts: new Map(all as [string, string][]),
  });
}

const NONE = new Set<never>();

Deno.test("what changes answers beside the model is refused unless it is allowed by name", () => {
  const cases = {
    "provenance.dataset.sha256": "dataset",
    "provenance.prompt.sha256": "prompt",
    "provenance.extraction_version": "extraction",
    "provenance.llm.dtype": "dtype",
    "config.context": "context",
    "config.answer_mode": "answer-mode",
  } as const;
  for (const [fact, name] of Object.entries(cases)) {
    const runs = [runWith("a.json"), runWith("b.json", { [fact]: "other" })];
    assert.throws(() => checkComparable(runs, NONE), (error) => {
      assert.ok(error instanceof UsageError);
      assert.ok(error.message.includes(`--allow-differences ${name}`), error.message);
      assert.ok(error.message.includes("b.json: other"), error.message);
      return true;
    });
    const allowed = checkComparable(runs, new Set([name]));
    assert.deepEqual(allowed, [{ fact, name, values: [runs[0]!.facts.get(fact), "other"] }]);
  }
});

Deno.test("other differences are told, not refused", () => {
  const differences = checkComparable(
    [runWith("a.json"), runWith("b.json", { "provenance.llm.device": "cuda" })],
    NONE,
  );
  assert.deepEqual(differences, [{ fact: "provenance.llm.device", values: ["cpu", "cuda"] }]);
});

Deno.test("a fact that one file lacks is a difference, but for questions that are the same", () => {
  const missing = (fact: string) => [runWith("a.json"), runWith("b.json", { [fact]: undefined })];
  assert.throws(() => checkComparable(missing("provenance.llm.dtype"), NONE), /not in the file/);
  assert.deepEqual(checkComparable(missing("provenance.dataset.sha256"), NONE), [
    { fact: "provenance.dataset.sha256", values: ["1111", undefined] },
  ]);
});

Deno.test("other questions or other correct answers are refused", () => {
  const run = runWith("a.json");
  const fewer = { ...runWith("b.json"), questions: run.questions.slice(0, 8) };
  assert.throws(
    () => checkComparable([run, fewer], NONE),
    /8 questions, 8 of them also in the first\n[^]*--allow-differences questions\.$/,
  );
  assert.throws(() => checkComparable([fewer, run], NONE), /--allow-differences questions/);
  const questions = run.questions.map((question) =>
    question.index === 3 ? { ...question, correct: wrongLetter(3) } : question
  );
  assert.throws(
    () => checkComparable([run, { ...run, questions }], NONE),
    /1 questions with another one/,
  );
  assert.equal(checkComparable([run, fewer], new Set(["questions"])).length, 1);
});

Deno.test("names of differences are checked", () => {
  assert.deepEqual([...parseAllowed("dataset, prompt,")], ["dataset", "prompt"]);
  assert.deepEqual([...parseAllowed(undefined)], []);
  assert.deepEqual([...parseAllowed(DIFFERENCE_NAMES.join(","))], [...DIFFERENCE_NAMES]);
  assert.throws(() => parseAllowed("datset"), /names "datset", but must be of dataset, questions/);
});
