import assert from "node:assert/strict";
import { AUTO_BATCH } from "../llm/batch_choice.ts";
import { EXPORT_DTYPES } from "../onnx/export_dtype.ts";
import { normaliseEvaluation } from "./evaluation_config.ts";
import { resolveSettings, type SettingSources } from "./resolve_settings.ts";
import { HF_DEVICES } from "./setting_table.ts";
import { UsageError } from "./usage_error.ts";

type Options = SettingSources["options"];

/** Settings of a run on the hf backend. */
function hf(options: Options = {}, environment: Record<string, string> = {}) {
  return normaliseEvaluation(
    resolveSettings({
      options: { llm_backend: "hf", hf_model_name: "Org/M", ...options },
      environment: (name) => environment[name],
      dotenv: {},
    }),
  );
}

function refusal(...args: Parameters<typeof hf>): string {
  try {
    hf(...args);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  throw new Error("nothing was refused");
}

Deno.test("hf: without more the device and the precision are chosen later, and text is written", () => {
  const { config, warnings, notes } = hf();
  const { hfDevice, hfDtype, loadIn4bit, answerMode, batchSize, loraPath } = config.llm;
  assert.deepEqual(
    [hfDevice, hfDtype, loadIn4bit, answerMode, batchSize, loraPath],
    ["auto", undefined, false, "generate", "auto", undefined],
  );
  assert.equal(config.structured, false);
  assert.deepEqual([warnings, notes], [[], []]);
});

Deno.test("hf: device, precision and adapter come from options before variables", () => {
  for (const device of HF_DEVICES) {
    assert.equal(hf({ hf_device: device.toUpperCase() }).config.llm.hfDevice, device);
  }
  for (const dtype of EXPORT_DTYPES) {
    assert.equal(hf({ hf_dtype: dtype }).config.llm.hfDtype, dtype);
  }
  const environment = { HF_DEVICE: "wasm", HF_DTYPE: "fp16", LORA_PATH: "l", LOAD_IN_4BIT: "no" };
  const { llm } = hf({}, environment).config;
  assert.deepEqual([llm.hfDevice, llm.hfDtype, llm.loraPath], ["wasm", "fp16", "l"]);
  const over = hf({ hf_device: "cpu", hf_dtype: "q8", lora_path: "k" }, environment).config.llm;
  assert.deepEqual([over.hfDevice, over.hfDtype, over.loraPath], ["cpu", "q8", "k"]);
});

Deno.test("hf: words that are no device, precision, mode or size are refused with the ones there are", () => {
  assert.match(refusal({ hf_device: "gpu" }), /--hf-device.*"gpu".*auto, cuda, webgpu, cpu, wasm/s);
  assert.match(refusal({}, { HF_DEVICE: "gpu" }), /HF_DEVICE.*"gpu"/s);
  assert.match(refusal({ hf_dtype: "int8" }), /--hf-dtype.*"int8".*fp32, fp16, q8, q4, q4f16/s);
  assert.match(refusal({}, { HF_DTYPE: "bf16" }), /HF_DTYPE.*"bf16"/s);
  assert.match(refusal({ answer_mode: "both" }), /--answer-mode.*generate, score/s);
  for (const size of ["0", "100", "-1", "1.5", "many", ""]) {
    assert.match(refusal({ batch_size: size }), /--batch-size/);
  }
});

Deno.test("hf: 4-bit loading goes with 4-bit precisions only", () => {
  assert.equal(hf({ load_in_4bit: true }).config.llm.loadIn4bit, true);
  for (const dtype of ["q4", "q4f16"]) {
    assert.equal(hf({ load_in_4bit: true, hf_dtype: dtype }).config.llm.hfDtype, dtype);
  }
  for (const dtype of ["fp32", "fp16", "q8"]) {
    assert.match(
      refusal({ load_in_4bit: true, hf_dtype: dtype }),
      new RegExp(`--hf-load-in-4bit means q4, but option --hf-dtype is ${dtype}`),
    );
  }
  assert.match(
    refusal({}, { LOAD_IN_4BIT: "true", HF_DTYPE: "q8" }),
    /LOAD_IN_4BIT means q4, but .*HF_DTYPE is q8/,
  );
  hf({ load_in_4bit: false, hf_dtype: "fp32" });
});

Deno.test("hf: what only Ollama has is refused as an option", () => {
  assert.match(refusal({ num_ctx: "4096" }), /--num-ctx is for Ollama.*whole context length/);
  assert.match(refusal({ structured: true }), /--structured is for Ollama.*--answer-mode score/);
  // Not constraining is what the backend does anyway.
  assert.equal(hf({ structured: false }).config.structured, false);
});

Deno.test("hf: scoring asks for one letter, and goes with nothing that needs a text", () => {
  assert.equal(hf({ answer_mode: "score" }).config.structured, true);
  assert.match(refusal({ answer_mode: "score", use_cot: true }), /leave --use-cot out/);
  assert.match(refusal({ answer_mode: "score", think: true }), /leave --think out/);
  assert.match(refusal({ answer_mode: "score", ensemble: "3" }), /leave --ensemble out/);
  hf({ answer_mode: "generate", use_cot: true, ensemble: "3" });
});

Deno.test("hf: as many questions wait together as can be read together", () => {
  assert.equal(hf().config.concurrency, AUTO_BATCH);
  assert.equal(hf({ batch_size: "7" }).config.concurrency, 7);
  assert.deepEqual(hf({ batch_size: "7" }).notes, []);
  assert.equal(hf({ batch_size: "7", concurrency: "9" }).config.concurrency, 9);
  assert.equal(hf({ batch_size: "auto", concurrency: "2" }).config.concurrency, 2);
});

Deno.test("hf: a batch size that was asked for counts more than fewer questions in flight", () => {
  for (const concurrency of ["1", "3"]) {
    const { config, notes } = hf({ batch_size: "4", concurrency });
    assert.equal(config.concurrency, 4);
    assert.deepEqual(notes, [
      `Questions in flight: 4 instead of ${concurrency}, since --batch-size 4 reads so many together.`,
    ]);
  }
});

Deno.test("hf: long answers are written one question at a time, and that is said", () => {
  const long: [Options, number][] = [
    [{ use_cot: true }, 1024],
    [{ think: true }, 4096],
    [{ max_tokens: "33" }, 33],
  ];
  for (const [options, tokens] of long) {
    const { config, notes } = hf({ batch_size: "4", ...options });
    assert.equal(config.concurrency, 1);
    assert.deepEqual(notes, [
      `--batch-size 4 has no effect: answers of up to ${tokens} tokens are written one by one; ` +
      "only those of at most 32 are read together.",
    ]);
    assert.deepEqual(hf({ batch_size: "1", ...options }).notes, []);
    const auto = hf(options);
    assert.deepEqual([auto.config.concurrency, auto.notes], [1, []]);
  }
  // Scoring writes nothing, however long an answer might be.
  const scored = hf({ batch_size: "4", answer_mode: "score", max_tokens: "999" });
  assert.deepEqual([scored.config.concurrency, scored.notes], [4, []]);
});

Deno.test("hf: its settings mean nothing to another backend, and that is said", () => {
  const ollama = (options: Options, environment: Record<string, string> = {}) =>
    normaliseEvaluation(
      resolveSettings({ options, environment: (name) => environment[name], dotenv: {} }),
    );
  const options: Options[] = [
    { hf_device: "cpu" },
    { hf_dtype: "q4" },
    { answer_mode: "score" },
    { batch_size: "2" },
  ];
  for (const given of options) {
    assert.throws(
      () => ollama(given),
      (error) => error instanceof UsageError && /is for the hf backend/.test(error.message),
    );
    assert.throws(() => ollama({ ...given, baseline: "longest" }), UsageError);
  }
  const { warnings, config } = ollama({}, { HF_DEVICE: "cpu", HF_DTYPE: "q4" });
  assert.equal(warnings.length, 2);
  assert.match(warnings.join(), /HF_DEVICE has no effect.*HF_DTYPE has no effect/s);
  assert.deepEqual([config.concurrency, config.structured], [1, true]);
});

Deno.test("hf: the default output tells runs apart that would answer differently", () => {
  const name = (options: Options = {}) => hf(options).config.outputPath;
  const names = [
    name(),
    name({ hf_dtype: "q8" }),
    name({ hf_dtype: "q4" }),
    name({ load_in_4bit: true }),
    name({ hf_device: "cpu" }),
    name({ answer_mode: "score" }),
    name({ lora_path: "runs/a" }),
    name({ lora_path: "runs/b" }),
    name({ hf_model_name: "Org/N" }),
  ];
  assert.equal(new Set(names).size, names.length);
  assert.match(name({ load_in_4bit: true }), /_4bit\.json$/);
  assert.equal(
    name({ lora_path: "runs/a", hf_dtype: "q8" }),
    "results/evaluations/hf_Org-M_lora_runs-a_selection_direct_retrieved3_q8.json",
  );
});
