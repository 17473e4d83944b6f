import assert from "node:assert/strict";
import { describeSettings } from "./describe_settings.ts";
import { normaliseEvaluation } from "./evaluation_config.ts";
import { maskUserInfo } from "./mask_user_info.ts";
import { resolveSettings, type SettingSources } from "./resolve_settings.ts";
import { UsageError } from "./usage_error.ts";

function resolve(sources: {
  options?: SettingSources["options"];
  environment?: Record<string, string>;
  dotenv?: Record<string, string>;
}) {
  return resolveSettings({
    options: sources.options ?? {},
    environment: (name) => sources.environment?.[name],
    dotenv: sources.dotenv ?? {},
  });
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  throw new Error("nothing was refused");
}

Deno.test("with nothing set the backend is Ollama with its usual model", () => {
  const { values, origins, warnings } = resolve({});
  assert.equal(values.llm_backend, "ollama");
  assert.equal(values.llm_model, "qwen3:8b");
  assert.equal(values.top_k, 3);
  assert.equal(values.context, "retrieved");
  assert.equal(values.hf_model_name, undefined);
  assert.equal(values.temperature, undefined);
  assert.deepEqual(origins.llm_model, { kind: "default" });
  assert.deepEqual(warnings, []);
});

Deno.test("option wins over environment, environment over .env, .env over default", () => {
  const all = {
    options: { llm_model: "from-option" },
    environment: { LLM_MODEL: "from-environment" },
    dotenv: { LLM_MODEL: "from-file" },
  };
  assert.equal(resolve(all).values.llm_model, "from-option");
  const second = resolve({ ...all, options: {} });
  assert.equal(second.values.llm_model, "from-environment");
  assert.deepEqual(second.origins.llm_model, { kind: "environment", name: "LLM_MODEL" });
  const third = resolve({ dotenv: all.dotenv });
  assert.equal(third.values.llm_model, "from-file");
  assert.deepEqual(third.origins.llm_model, { kind: ".env", name: "LLM_MODEL" });
});

Deno.test("an empty variable counts as not set", () => {
  const { values } = resolve({ environment: { LLM_MODEL: "" }, dotenv: { LORA_PATH: " " } });
  assert.equal(values.llm_model, "qwen3:8b");
  assert.equal(values.lora_path, undefined);
});

Deno.test("LLM_BACKEND wins over its old alias, with a warning only where they differ", () => {
  const both = resolve({ environment: { LLM_PROVIDER: "hf" }, dotenv: { LLM_BACKEND: "ollama" } });
  assert.equal(both.values.llm_backend, "ollama");
  assert.equal(both.warnings.length, 1);
  assert.match(both.warnings[0]!, /LLM_BACKEND=ollama wins over LLM_PROVIDER=hf/);
  assert.equal(resolve({ environment: { LLM_PROVIDER: "hf" } }).values.llm_backend, "hf");
  const same = resolve({ environment: { LLM_PROVIDER: "hf", LLM_BACKEND: "hf" } });
  assert.deepEqual(same.warnings, []);
});

Deno.test("a wrong value is refused with its variable, its place and what is allowed", () => {
  const cases: [Parameters<typeof resolve>[0], RegExp][] = [
    [{ environment: { LLM_BACKEND: "vllm" } }, /^Unknown LLM backend: "vllm".*ollama, hf/],
    [{ options: { llm_backend: "x" } }, /^Unknown LLM backend: "x" \(option --llm-backend\)/],
    [{ dotenv: { LLM_TEMPERATURE: "warm" } }, /LLM_TEMPERATURE in \.env is "warm".*from 0 to 2/],
    [{ environment: { LLM_TEMPERATURE: "2.5" } }, /must be a number from 0 to 2/],
    [{ environment: { LLM_MAX_TOKENS: "0" } }, /LLM_MAX_TOKENS is "0".*whole number/],
    [{ options: { samples: "3.5" } }, /option --samples is "3.5".*at least 1/],
    [{ options: { samples: "1e3" } }, /option --samples/],
    [{ environment: { LOAD_IN_4BIT: "maybe" } }, /LOAD_IN_4BIT.*true or false/],
    [{ environment: { LOAD_IN_4BIT: "constructor" } }, /LOAD_IN_4BIT.*true or false/],
    [{ environment: { RETRIEVER_TYPE: "faiss" } }, /RETRIEVER_TYPE.*bm25, vector, hybrid, cite/],
    [{ options: { context: "all" } }, /--context is "all".*none, gold, retrieved/],
  ];
  for (const [sources, expected] of cases) {
    assert.match(messageOf(() => resolve(sources)), expected);
  }
});

Deno.test("truth values are read in every usual spelling", () => {
  for (const text of ["true", "TRUE", "1", "yes", "on"]) {
    assert.equal(resolve({ environment: { LOAD_IN_4BIT: text } }).values.load_in_4bit, true);
  }
  for (const text of ["false", "0", "No", "off"]) {
    assert.equal(resolve({ environment: { LOAD_IN_4BIT: text } }).values.load_in_4bit, false);
  }
});

Deno.test("a switched-off flag names itself as it was typed", () => {
  const { values, origins } = resolve({ options: { few_shot: false } });
  assert.equal(values.few_shot, false);
  assert.deepEqual(origins.few_shot, { kind: "option", name: "--no-few-shot" });
});

Deno.test("passwords in a host are masked wherever settings are shown", () => {
  assert.equal(maskUserInfo("http://me:secret@box:11434"), "http://***@box:11434");
  assert.equal(maskUserInfo("me:secret@box"), "***@box");
  assert.equal(maskUserInfo("box:11434"), "box:11434");
  const settings = resolve({ environment: { OLLAMA_HOST: "https://u:p%40ss@box" } });
  const described = describeSettings(settings, normaliseEvaluation(settings).config);
  assert.deepEqual(described.ollama_host, {
    value: "https://***@box",
    origin: "environment variable OLLAMA_HOST",
  });
  assert.deepEqual(described.num_ctx, { value: null, origin: "default" });
  assert.deepEqual(described.max_tokens, { value: 16, origin: "derived" });
});
