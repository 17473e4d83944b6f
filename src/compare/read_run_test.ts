import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { fromOlderResult } from "./from_older_result.ts";
import { reExtract } from "./re_extract.ts";
import { readRun } from "./read_run.ts";

const CHOICES = "a 届出が必要である\nb 届出は不要である\nc 承認が必要である\nd 登録が必要である";

/** A result as the older evaluator wrote it. */
function olderResult(answers: readonly { predicted: string; response: string }[]): unknown {
  return {
    config: {
      rag_enabled: true,
      llm_model: "qwen3:8b",
      few_shot_enabled: true,
      cot_enabled: false,
      total_samples: answers.length,
    },
    summary: { accuracy: 0.5, correct_count: 1, total_count: answers.length },
    results: answers.map(({ predicted, response }, index) => ({
      question: `問題${index}`,
      choices: CHOICES,
      correct_answer: "b",
      predicted_answer: predicted,
      is_correct: predicted === "b",
      response,
      retrieved_docs_count: 3,
      file_name: `金商法_問題番号${index}`,
      references: [],
    })),
  };
}

Deno.test("the older evaluator's unknown is unparsed and its error an error", () => {
  const run = fromOlderResult(
    olderResult([
      { predicted: "b", response: "b" },
      { predicted: "C", response: "C" },
      { predicted: "unknown", response: "回答（1文字のみ）: ｂ" },
      { predicted: "error", response: "timeout" },
    ]),
    "old.json",
  );
  assert.deepEqual(run.questions.map(({ outcome }) => outcome), [
    "correct",
    "wrong",
    "unparsed",
    "error",
  ]);
  assert.equal(run.origin, "older");
  assert.equal(run.facts.get("config.context"), "retrieved");
  assert.match(run.facts.get("provenance.prompt.sha256")!, /cot false, few-shot true/);
});

Deno.test("letters are read again from responses; errors stay, and changes are listed", () => {
  const { run, changed } = reExtract(fromOlderResult(
    olderResult([
      { predicted: "b", response: "b" },
      { predicted: "unknown", response: "回答（1文字のみ）: ｂ" },
      { predicted: "a", response: "a と b のどちらとも言えません。" },
      { predicted: "error", response: "b" },
    ]),
    "old.json",
  ));
  assert.deepEqual(run.questions.map(({ outcome }) => outcome), [
    "correct",
    "correct",
    "unparsed",
    "error",
  ]);
  assert.deepEqual(changed.map(({ index, before, after }) => [index, before, after]), [
    [1, undefined, "b"],
    [2, "a", undefined],
  ]);
});

Deno.test("an answer that the length limit cut is truncated, not unparsed, and samples vote again", () => {
  const [question] =
    fromOlderResult(olderResult([{ predicted: "a", response: "" }]), "a").questions;
  const run = {
    ...fromOlderResult(olderResult([{ predicted: "a", response: "" }]), "a"),
    questions: [
      { ...question!, answers: [{ response: "まず", isCut: true }] },
      {
        ...question!,
        answers: [{ response: "b" }, { response: "c" }, { response: "b" }],
      },
      // Where a chain of thought was cut, a letter on the way is no answer.
      { ...question!, answers: [{ response: "考えると、答えはbです。", isCut: true }] },
      { ...question!, answers: [{ response: "考えると、答えはbです。", isCut: false }] },
    ],
    mode: "cot" as const,
  };
  const [cut, voted, onTheWay, concluded] = reExtract(run).run.questions;
  assert.equal(onTheWay!.outcome, "truncated");
  assert.equal(concluded!.predicted, "b");
  assert.equal(cut!.outcome, "truncated");
  assert.equal(voted!.predicted, "b");
  assert.equal(voted!.outcome, "correct");
});

Deno.test("files that are no result are refused with what is wrong", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const refused = async (text: string, pattern: RegExp, name = "x.json") => {
      await Deno.writeTextFile(`${folder}/${name}`, text);
      await assert.rejects(readRun(`${folder}/${name}`), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, pattern);
        return true;
      });
    };
    await refused("{", /x\.json is not valid JSON/);
    await refused("{}\n{}", /journal of an unfinished run/, "x.json.journal.jsonl");
    await refused("[]", /is not a houqa result/);
    await refused('{"schema_version": 99}', /is not a houqa result/);
    await refused('{"results": []}', /neither a houqa result nor one of the older evaluator/);
    await refused(
      JSON.stringify(olderResult([])).replace('"results":[]', '"results":[{"question":"q"}]'),
      /results\.0\.choices/,
    );
    const noLetter = JSON.stringify(olderResult([{ predicted: "b", response: "b" }]))
      .replace('"correct_answer":"b"', '"correct_answer":"5"');
    await refused(noLetter, /correct_answer is "5", but must be a, b, c or d/);
    await assert.rejects(readRun(`${folder}/none.json`), /does not exist/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
