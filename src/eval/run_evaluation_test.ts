import assert from "node:assert/strict";
import { LETTERS, type Question } from "../dataset/question.ts";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import { FakeLlm, type FakeReply } from "../llm/fake_llm.ts";
import { LlmError, type Prompt } from "../llm/llm.ts";
import { renderPrompt } from "../prompt/render_prompt.ts";
import { RAGPipeline } from "../rag/rag_pipeline.ts";
import type { AskPlan } from "./ask_question.ts";
import { QuestionPrompts } from "./question_prompts.ts";
import { questionResultSchema } from "./result_schema.ts";
import { type EvaluationInput, runEvaluation } from "./run_evaluation.ts";

const PLAN: AskPlan = {
  mode: "direct",
  ensemble: 1,
  seed: 42,
  temperature: 0,
  maxNewTokens: 16,
  structured: true,
};

/** Which sample question a prompt came from. */
function questionOf(prompt: Prompt): number {
  return Number(/第(\d+)条/.exec(prompt.parts.question)![1]) - 1;
}

function inputOf(
  questions: readonly Question[],
  llm: FakeLlm,
  more: Partial<EvaluationInput> = {},
): EvaluationInput {
  const style = { mode: more.plan?.mode ?? PLAN.mode, fewShot: false };
  const pipeline = new RAGPipeline<Question>({
    render: (question, contexts) => renderPrompt(question, contexts, style),
    llm,
  });
  return {
    questions,
    plan: PLAN,
    concurrency: 1,
    prompts: new QuestionPrompts(pipeline, { contextMode: "gold", limit: 3 }),
    record: () => {},
    ...more,
  };
}

async function askOne(reply: FakeReply, plan: Partial<AskPlan> = {}) {
  const questions = makeSampleQuestions(1);
  const llm = new FakeLlm(() => reply);
  const { results } = await runEvaluation(inputOf(questions, llm, { plan: { ...PLAN, ...plan } }));
  return { result: questionResultSchema.parse(results[0]), llm };
}

Deno.test("right, wrong, unreadable, cut and failed answers are five different outcomes", async () => {
  const cases: [FakeReply, Partial<AskPlan>, string, string][] = [
    ["a", {}, "correct", "a"],
    ['"b"', {}, "wrong", "b"],
    ["わかりません。", {}, "unparsed", "unknown"],
    [{ text: "条文によれば、", finishReason: "length" }, {}, "truncated", "unknown"],
    [{ text: "a と考えます。なぜ", finishReason: "length" }, {}, "correct", "a"],
    [{ text: "aは誤り。bは", finishReason: "length" }, { mode: "cot" }, "truncated", "unknown"],
    ["検討する。\nAnswer: a", { mode: "cot" }, "correct", "a"],
    [new LlmError("timeout", "no answer in 5 s"), {}, "error", "error"],
    [new TypeError("bug"), {}, "error", "error"],
  ];
  for (const [reply, plan, outcome, predicted] of cases) {
    const { result } = await askOne(reply, plan);
    assert.equal(result.outcome, outcome, String(reply));
    assert.equal(result.predicted_answer, predicted);
    assert.equal(result.is_correct, outcome === "correct");
  }
});

Deno.test("an error keeps its kind and text, and has no answer to read", async () => {
  const { result } = await askOne(new LlmError("prompt_cut", "prompt too long"));
  assert.equal(result.error_kind, "prompt_cut");
  assert.equal(result.error, "prompt too long");
  assert.equal(result.response, "");
  assert.equal(result.seconds, undefined);
  assert.equal((await askOne(new TypeError("bug"))).result.error_kind, "other");
});

Deno.test("a result carries what was asked, what came back and what it cost", async () => {
  const { result, llm } = await askOne({
    text: "a",
    promptTokens: 100,
    completionTokens: 2,
    letterLogprobs: { a: -0.1, c: -2 },
    thinking: "うーん",
    attempts: 2,
  });
  assert.match(result.prompt, /【参照条文】\n## 試験用法/);
  assert.equal(result.choices.split("\n").length, 4);
  assert.equal(result.prompt_tokens, 100);
  assert.equal(result.completion_tokens, 2);
  assert.equal(result.seconds, 0.5);
  assert.deepEqual([result.thinking, result.seed, result.attempts], ["うーん", 42, 2]);
  assert.deepEqual(result.letter_logprobs, { a: -0.1, c: -2 });
  assert.equal(result.retrieved_docs_count, 0);
  assert.equal(result.ensemble_runs, undefined);
  const { overrides } = llm.calls[0]!;
  assert.equal(overrides.seed, 42);
  assert.equal(overrides.answerFormat, "letter");
  assert.equal(overrides.maxNewTokens, 16);
});

Deno.test("the chain of thought before the answer line is kept apart", async () => {
  const { result } = await askOne("まず第1条を見る。\nAnswer: a", {
    mode: "cot",
    structured: false,
  });
  assert.equal(result.reasoning, "まず第1条を見る。");
  assert.equal(result.response, "まず第1条を見る。\nAnswer: a");
});

Deno.test("an ensemble asks with seeds in a row and keeps every answer", async () => {
  const questions = makeSampleQuestions(1);
  const llm = new FakeLlm((_, { seed }) => ["b", "a", "a"][seed! - 42]!);
  const plan = { ...PLAN, ensemble: 3, temperature: 0.7 };
  const { results } = await runEvaluation(inputOf(questions, llm, { plan }));
  const [result] = results;
  assert.deepEqual(llm.calls.map((call) => call.overrides.seed), [42, 43, 44]);
  assert.equal(result!.predicted_answer, "a");
  assert.deepEqual(result!.ensemble_votes, { a: 2, b: 1 });
  assert.equal(result!.ensemble_confidence, 2 / 3);
  assert.equal(result!.ensemble_runs, 3);
  assert.deepEqual(result!.samples!.map((sample) => sample.response), ["b", "a", "a"]);
  assert.equal(result!.seconds, 1.5);
});

Deno.test("one failed sample makes the question an error, not a smaller vote", async () => {
  const llm = new FakeLlm((_, { seed }) => seed === 43 ? new LlmError("server", "500") : "a");
  const plan = { ...PLAN, ensemble: 3 };
  const { results } = await runEvaluation(inputOf(makeSampleQuestions(1), llm, { plan }));
  assert.equal(results[0]!.outcome, "error");
  assert.equal(results[0]!.error, "sample 2 of 3: 500");
});

Deno.test("results stand in the questions' order whatever order they were answered in", async () => {
  const questions = makeSampleQuestions(30);
  const started: number[] = [];
  const llm = new FakeLlm(async (prompt) => {
    started.push(questionOf(prompt));
    await new Promise((done) => setTimeout(done, (questionOf(prompt) * 7) % 5));
    return "a";
  });
  const promptSizes = new Map(questions.map((q) => [q.index, q.index]));
  const run = (more: Partial<EvaluationInput>) => runEvaluation(inputOf(questions, llm, more));
  const { results } = await run({ concurrency: 4, promptSizes });
  assert.deepEqual(results.map((r) => r.index), questions.map((q) => q.index));
  assert.deepEqual(started.slice(0, 4), [29, 28, 27, 26]);
  started.length = 0;
  await run({ concurrency: 1, promptSizes });
  assert.deepEqual(started.slice(0, 4), [0, 1, 2, 3]);
});

Deno.test("only questions without an answer are asked again", async () => {
  const questions = makeSampleQuestions(6);
  const failing = new FakeLlm((prompt) =>
    questionOf(prompt) % 2 === 0 ? new LlmError("connection", "down") : "a"
  );
  const first = await runEvaluation(inputOf(questions, failing));
  assert.equal(first.results.filter((r) => r.outcome === "error").length, 3);
  const previous = new Map(first.results.map((r) => [r.index, r]));
  const healthy = new FakeLlm((prompt) => LETTERS[questionOf(prompt) % 4]!);
  const recorded: number[] = [];
  const second = await runEvaluation(inputOf(questions, healthy, {
    previous,
    record: (result) => recorded.push(result.index),
  }));
  assert.deepEqual(recorded, [0, 2, 4]);
  assert.deepEqual(second.results.map((r) => r.outcome).includes("error"), false);
  assert.equal(second.stopped, undefined);
});

Deno.test("a signal ends the run; what was in flight is left open", async () => {
  const questions = makeSampleQuestions(10);
  const controller = new AbortController();
  const llm = new FakeLlm((prompt, { signal }) => {
    if (questionOf(prompt) < 4) return "a";
    controller.abort();
    return Promise.reject(signal!.reason);
  });
  const recorded: number[] = [];
  const run = await runEvaluation(inputOf(questions, llm, {
    signal: controller.signal,
    record: (result) => recorded.push(result.index),
  }));
  assert.equal(run.stopped, "signal");
  assert.deepEqual(recorded, [0, 1, 2, 3]);
  assert.equal(run.results.length, 4);
});

Deno.test("--max-errors stops after that many errors", async () => {
  const llm = new FakeLlm(() => new LlmError("server", "500"));
  const run = await runEvaluation(inputOf(makeSampleQuestions(10), llm, { maxErrors: 3 }));
  assert.equal(run.stopped, "max_errors");
  assert.equal(run.results.length, 3);
  const all = await runEvaluation(inputOf(makeSampleQuestions(3), llm, { maxErrors: 3 }));
  assert.equal(all.stopped, undefined);
});

Deno.test("a record that can't be written ends the run", async () => {
  const llm = new FakeLlm(() => "a");
  const input = inputOf(makeSampleQuestions(10), llm, {
    record: () => {
      throw new Error("disk full");
    },
  });
  await assert.rejects(runEvaluation(input), /disk full/);
  assert.equal(llm.calls.length, 1);
});

Deno.test("progress counts up to the total, errors told apart", async () => {
  const seen: string[] = [];
  const llm = new FakeLlm((prompt) => questionOf(prompt) === 1 ? new LlmError("server", "x") : "a");
  await runEvaluation(inputOf(makeSampleQuestions(3), llm, {
    onProgress: (p) => seen.push(`${p.done}/${p.total} ${p.correct} ${p.errors}`),
  }));
  assert.deepEqual(seen, ["0/3 0 0", "1/3 1 0", "2/3 1 1", "3/3 1 1"]);
});
