import assert from "node:assert/strict";
import type { Question } from "../dataset/question.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings, type SettingSources } from "../settings/resolve_settings.ts";
import { prepareEvaluation } from "./prepare_evaluation.ts";

async function prepare(questions: readonly Question[], options: SettingSources["options"]) {
  const data = await Deno.makeTempFile();
  await Deno.writeTextFile(data, formatSampleFile(questions));
  const { config } = normaliseEvaluation(resolveSettings({
    options: { data, ...options },
    environment: () => undefined,
    dotenv: {},
  }));
  try {
    return await prepareEvaluation(config);
  } finally {
    await Deno.remove(data);
  }
}

const without = (question: Question): Question => ({ ...question, context: "" });

Deno.test("the longest prompt and the floors are known before anything is asked", async () => {
  const prepared = await prepare(makeSampleQuestions(12), { context: "gold", samples: "10" });
  assert.equal(prepared.questions.length, 10);
  assert.equal(prepared.promptSizes.size, 10);
  assert.equal(prepared.longestPromptBytes, Math.max(...prepared.promptSizes.values()));
  assert.equal(prepared.floors.length, 6);
  assert.ok(prepared.floors.every((floor) => floor.total_count === 10));
});

Deno.test("the whole file is searched, also when only its first questions are asked", async () => {
  const prepared = await prepare(makeSampleQuestions(8), { samples: "1", top_k: "8" });
  const { retrieved } = await prepared.prompts.prepare(prepared.questions[0]!);
  assert.equal(retrieved!.length, 8);
});

Deno.test("a run with contexts over a file that has none is refused", async () => {
  const none = makeSampleQuestions(3).map(without);
  await assert.rejects(
    prepare(none, { context: "gold" }),
    /has no コンテキスト\. Use --context none/,
  );
  await assert.rejects(prepare(none, { context: "retrieved" }), /no コンテキスト to search/);
  assert.equal((await prepare(none, { context: "none" })).questions.length, 3);
  const [first, ...rest] = makeSampleQuestions(3);
  const some = await prepare([without(first!), ...rest], { context: "gold" });
  const { prompt } = await some.prompts.prepare(some.questions[0]!);
  assert.equal(prompt.parts.context, "");
});
