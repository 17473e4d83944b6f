import assert from "node:assert/strict";
import { normaliseEvaluation } from "./evaluation_config.ts";
import { resolveSettings, type SettingSources } from "./resolve_settings.ts";
import { UsageError } from "./usage_error.ts";

function normalise(
  options: SettingSources["options"] = {},
  environment: Record<string, string> = {},
  noRag = false,
) {
  return normaliseEvaluation(
    resolveSettings({ options, environment: (name) => environment[name], dotenv: {} }),
    noRag,
  );
}

function refusal(...args: Parameters<typeof normalise>): string {
  try {
    normalise(...args);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  throw new Error("nothing was refused");
}

Deno.test("the defaults are the older tool's: retrieved context, few-shot, greedy, short answers", () => {
  const { config, warnings } = normalise();
  assert.equal(config.contextMode, "retrieved");
  assert.equal(config.topK, 3);
  assert.equal(config.fewShot, true);
  assert.equal(config.temperature, 0);
  assert.equal(config.maxTokens, 16);
  assert.equal(config.structured, true);
  assert.equal(config.think, false);
  assert.deepEqual(warnings, []);
});

Deno.test("the answer's length limit follows the mode unless it is set", () => {
  assert.equal(normalise({ use_cot: true }).config.maxTokens, 1024);
  assert.equal(normalise({ think: true }).config.maxTokens, 4096);
  assert.equal(normalise({ use_cot: true }, { LLM_MAX_TOKENS: "99" }).config.maxTokens, 99);
  assert.equal(normalise({ max_tokens: "7" }, { LLM_MAX_TOKENS: "99" }).config.maxTokens, 7);
});

Deno.test("an ensemble gets a temperature of its own, and never one of 0", () => {
  const { config, notes } = normalise({ ensemble: "3" });
  assert.equal(config.temperature, 0.7);
  assert.match(notes.join(), /0\.7/);
  assert.equal(normalise({ ensemble: "3" }, { LLM_TEMPERATURE: "0.3" }).config.temperature, 0.3);
  assert.match(refusal({ ensemble: "3", temperature: "0" }), /option --temperature/);
  assert.match(refusal({ ensemble: "3" }, { LLM_TEMPERATURE: "0" }), /variable LLM_TEMPERATURE/);
});

Deno.test("--no-rag is --context none and contradicts any other context", () => {
  assert.equal(normalise({}, {}, true).config.contextMode, "none");
  assert.equal(normalise({ context: "none" }, {}, true).config.contextMode, "none");
  assert.match(refusal({ context: "gold" }, {}, true), /--no-rag.*--context gold/);
  assert.match(refusal({ context: "retrieved" }, {}, true), /--no-rag/);
});

Deno.test("the hf backend needs a model of its own; LLM_MODEL is never taken for it", () => {
  const message =
    "hf backend requires hf_model_name in LLMConfig: set --hf-model-name or HF_MODEL_NAME";
  assert.equal(refusal({ llm_backend: "hf" }, { LLM_MODEL: "qwen3:8b" }), message);
  const { config } = normalise({ llm_backend: "hf" }, { HF_MODEL_NAME: "Org/M", LORA_PATH: "l" });
  assert.equal(config.llm.hfModelName, "Org/M");
  assert.equal(config.llm.loraPath, "l");
});

Deno.test("a reranker without an index is refused as an option and named as a variable", () => {
  assert.match(refusal({ reranker_enabled: true }), /--use-reranker: .*nothing to rerank without/);
  assert.match(refusal({ rerank_top_n: "5", context: "gold" }), /--rerank-top-n.*--context gold/);
  assert.match(refusal({ reranker_model: "m" }), /--reranker-model/);
  const { warnings } = normalise({}, { RERANKER_ENABLED: "true" });
  assert.match(warnings.join(), /RERANKER_ENABLED has no effect without --index/);
  assert.deepEqual(normalise({ context: "gold" }, { RERANKER_ENABLED: "true" }).warnings, []);
  assert.deepEqual(normalise({}, { RERANKER_MODEL: "m", RERANKER_TOP_N: "3" }).warnings, []);
});

Deno.test("settings without effect are named", () => {
  assert.match(normalise({}, { LOAD_IN_4BIT: "true" }).warnings.join(), /LOAD_IN_4BIT/);
  assert.match(normalise({}, { RETRIEVER_TYPE: "hybrid" }).warnings.join(), /hybrid.*bm25/);
  assert.deepEqual(normalise({ context: "none" }, { RETRIEVER_TYPE: "hybrid" }).warnings, []);
});

Deno.test("settings for hf alone are refused as options and named as variables", () => {
  assert.match(refusal({ hf_model_name: "Org/M" }), /--hf-model-name is for the hf backend/);
  assert.match(refusal({ lora_path: "l" }), /--hf-lora-path is for the hf backend/);
  assert.match(refusal({ load_in_4bit: true }), /--hf-load-in-4bit is for the hf backend/);
  const { warnings } = normalise({}, { HF_MODEL_NAME: "Org/M", LORA_PATH: "l" });
  assert.equal(warnings.length, 2);
  assert.match(warnings.join(), /HF_MODEL_NAME has no effect.*LORA_PATH has no effect/s);
});

Deno.test("a baseline asks no model, so nothing about asking goes with it", () => {
  assert.match(refusal({ baseline: "longest", ensemble: "3" }), /leave --ensemble out/);
  assert.match(refusal({ baseline: "longest", use_cot: true }), /leave --use-cot out/);
  assert.equal(normalise({ baseline: "longest" }).config.structured, false);
});

Deno.test("times are whole milliseconds, seeds stay in range", () => {
  assert.equal(normalise({ timeout: "16.1" }).config.timeoutMs, 16_100);
  assert.equal(normalise({ timeout: "0.0015" }).config.timeoutMs, 2);
  assert.match(refusal({ seed: "2147483647", ensemble: "2" }), /largest seed/);
});

Deno.test("constrained output can't go with reasoning", () => {
  assert.match(refusal({ structured: true, use_cot: true }), /--use-cot/);
  assert.match(refusal({ structured: true, think: true }), /--think/);
  assert.equal(normalise({ use_cot: true }).config.structured, false);
  assert.equal(normalise({ structured: false }).config.structured, false);
});

Deno.test("the default output is the same for the same settings and differs for others", () => {
  const name = (...args: Parameters<typeof normalise>) => normalise(...args).config.outputPath;
  assert.equal(
    name({ llm_model: "hf.co/a b:q4" }),
    "results/evaluations/ollama_hf.co-a-b-q4_selection_direct_retrieved3.json",
  );
  const names = [
    name(),
    name({ use_cot: true }),
    name({ context: "gold" }),
    name({ top_k: "5" }),
    name({ samples: "5" }),
    name({ ensemble: "5" }),
    name({ ensemble: "5", temperature: "1" }),
    name({ seed: "7" }),
    name({ max_tokens: "99" }),
    name({ num_ctx: "4096" }),
    name({ structured: false }),
    name({ think: true }),
    name({ few_shot: false }),
    name({ baseline: "longest" }),
    name({ data: "x/other.json" }),
  ];
  assert.equal(new Set(names).size, names.length);
});

Deno.test("a default output whose name is too long is cut, the same way every time, and stays its own", () => {
  const name = (...args: Parameters<typeof normalise>) => normalise(...args).config.outputPath;
  const bytes = (path: string) => new TextEncoder().encode(path.split("/").at(-1)).length;
  const longest = 255 - ".journal.jsonl".length;
  // As long as can be, a name is left as it is.
  const whole = (length: number) => name({ llm_model: "m".repeat(length), context: "gold" });
  const rest = bytes(whole(1)) - 1;
  assert.equal(bytes(whole(longest - rest)), longest);
  assert.match(whole(longest - rest), /\/ollama_m+_selection_direct_gold\.json$/);
  assert.match(whole(longest - rest + 1), /\/ollama_m+_direct_gold_[0-9a-f]{16}\.json$/);

  const law = "憲法・民法・刑法の設問".repeat(20);
  const long: SettingSources["options"][] = [
    { llm_model: "m".repeat(300) },
    { llm_model: "m".repeat(301) },
    { llm_model: "m".repeat(300), use_cot: true },
    { data: `data/${law}.json` },
    { data: `data/${law}。.json` },
    // Told apart by more than what is left of them.
    { data: `data/${law} a.json` },
    { data: `data/${law}-a.json` },
    // Marks stay with their letters.
    { data: `data/${"か\u3099".repeat(60)}.json` },
    { data: `data/${law}.json`, temperature: "0.123456", seed: "2147483647", num_ctx: "9999999" },
  ];
  const names = long.map((options) => name(options));
  assert.equal(new Set(names).size, names.length);
  for (const [index, path] of names.entries()) {
    assert.equal(name(long[index]!), path);
    assert.ok(bytes(path) <= longest && bytes(path) > longest - 8, `${bytes(path)}: ${path}`);
    assert.match(path, /^results\/evaluations\/ollama_.*_(direct|cot)_.*_[0-9a-f]{16}\.json$/);
    assert.ok(!path.includes("\ufffd") && !/か_/u.test(path), path);
  }
});

Deno.test("options of a search in an index warn where there is none", () => {
  const index = { law_index: "data/laws", retriever_type: "cite", context_tokens: "100" };
  assert.deepEqual(normalise(index).warnings, []);
  assert.deepEqual(
    normalise({ ...index, context: "gold" }).warnings,
    ["--index", "--retriever", "--context-tokens"].map((option) =>
      `option ${option} has no effect with --context gold.`
    ),
  );
  assert.match(normalise({ context_tokens: "9" }).warnings.join(), /no effect without --index/);
});

Deno.test("runs over other laws, by another search or with less room have other names", () => {
  const names = [
    {},
    { law_index: "data/egov_laws/" },
    { law_index: "data/other" },
    { law_index: "data/other", retriever_type: "cite" },
    { law_index: "data/other", retriever_type: "cite", context_tokens: "100" },
  ].map((options) => normalise(options as Record<string, string>).config.outputPath);
  assert.equal(new Set(names).size, names.length);
  assert.match(names[1]!, /retrieved3_egov_laws-bm25\.json$/);
});
