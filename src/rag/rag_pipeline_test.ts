import assert from "node:assert/strict";
import { configureSync, resetSync } from "@logtape/logtape";
import { makeSampleQuestions } from "../dataset/sample_questions.ts";
import type { Question } from "../dataset/question.ts";
import { FakeLlm } from "../llm/fake_llm.ts";
import { renderPrompt } from "../prompt/render_prompt.ts";
import {
  type EvaluationConfig,
  type LLMConfig,
  normaliseEvaluation,
} from "../settings/evaluation_config.ts";
import { resolveSettings } from "../settings/resolve_settings.ts";
import { UsageError } from "../settings/usage_error.ts";
import { createDatasetRetriever } from "./dataset_retriever.ts";
import { RAGPipeline } from "./rag_pipeline.ts";

const QUESTIONS = makeSampleQuestions(6);
const render = (question: Question, contexts: readonly string[]) =>
  renderPrompt(question, contexts, { mode: "direct", fewShot: false });

function configOf(llm: Partial<LLMConfig>): EvaluationConfig {
  const { config } = normaliseEvaluation(resolveSettings({
    options: { data: "q.json", llm_model: "double" },
    environment: () => undefined,
    dotenv: {},
  }));
  return { ...config, llm: { ...config.llm, ...llm } };
}

/** Log lines at the level info while an action runs. */
async function logged(action: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  configureSync({
    reset: true,
    sinks: { list: (record) => void lines.push(record.message.join("")) },
    loggers: [
      { category: ["logtape"], sinks: [] },
      { category: ["houqa"], lowestLevel: "info", sinks: ["list"] },
    ],
  });
  try {
    await action();
  } finally {
    resetSync();
  }
  return lines;
}

Deno.test("from a question over its statutes to the answer", async () => {
  const llm = new FakeLlm(() => "b");
  let closed = 0;
  const retriever = {
    ...createDatasetRetriever(QUESTIONS),
    close: () => Promise.resolve(void closed++),
  };
  const pipeline = new RAGPipeline<Question>({ retriever, render });
  const [question] = QUESTIONS;
  const { contexts } = await pipeline.retrieve(question!.question, { limit: 2 });
  assert.equal(contexts.length, 2);
  const prompt = pipeline.prompt(question!, contexts);
  assert.equal(prompt.parts.context, contexts.map(({ text }) => text).join("\n\n"));
  await pipeline.closeRetriever();
  assert.equal(closed, 1);

  assert.throws(() => pipeline.llm, /not loaded/);
  const asked: unknown[] = [];
  const signal = new AbortController().signal;
  const loaded = await pipeline.loadModel(configOf({}), {
    longestPromptBytes: 123,
    signal,
    create: (...request) => {
      asked.push(...request);
      return Promise.resolve(llm);
    },
  });
  assert.equal(loaded, llm);
  assert.deepEqual(asked.slice(1), [123, signal, undefined]);
  assert.equal((await pipeline.invoke(prompt, { seed: 7 })).text, "b");
  assert.deepEqual(llm.calls, [{ prompt, overrides: { seed: 7 } }]);
  await pipeline.close();
  assert.deepEqual([llm.closed, closed], [1, 2]);
});

Deno.test("what it lacks is a programming error", () => {
  const pipeline = new RAGPipeline<Question>({ render });
  assert.throws(() => pipeline.retrieve("q", { limit: 1 }), TypeError);
  const prompt = render(QUESTIONS[0]!, []);
  assert.throws(() => pipeline.invoke(prompt), TypeError);
});

Deno.test("backend, model and adapter are logged when the model is made", async () => {
  const load = (llm: Partial<LLMConfig>) =>
    logged(() =>
      new RAGPipeline<Question>({ render }).loadModel(configOf(llm), {
        longestPromptBytes: 1,
        create: () => Promise.resolve(new FakeLlm(() => "a")),
      })
    );
  assert.deepEqual(await load({}), ["Backend: ollama", "Model: double"]);
  const hf = { backend: "hf", hfModelName: "Qwen/Qwen3-8B" } as const;
  assert.deepEqual(await load(hf), ["Backend: hf", "Model: Qwen/Qwen3-8B", "LoRA path: none"]);
  assert.equal((await load({ ...hf, loraPath: "runs/a" })).at(-1), "LoRA path: runs/a");
});

Deno.test("a backend that does not exist, or has no model's name, is refused by name", async () => {
  const cases: [Partial<LLMConfig>, RegExp][] = [
    [{ backend: "vllm" as "hf" }, /^Unknown LLM backend: "vllm"\. Use one of ollama, hf\.$/],
    [{ backend: "hf" }, /^hf backend requires hf_model_name in LLMConfig: set --hf-model-name/],
  ];
  for (const [llm, message] of cases) {
    const pipeline = new RAGPipeline<Question>({ render });
    const load = () => pipeline.loadModel(configOf(llm), { longestPromptBytes: 1 });
    const lines = await logged(() =>
      assert.rejects(
        load,
        (error: Error) => error instanceof UsageError && message.test(error.message),
      )
    );
    assert.deepEqual(lines, []);
  }
});
