import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { TINY_QWEN2, TINY_QWEN3 } from "./checkpoint_double.ts";
import { parseQwenConfig } from "./parse_qwen_config.ts";
import { parseJsonText } from "./read_json_file.ts";

type Fields = Readonly<Record<string, unknown>>;

function refusal(json: unknown): string {
  try {
    parseQwenConfig(json, "m/config.json");
  } catch (error) {
    assert.ok(error instanceof UsageError, `${(error as Error).stack}`);
    assert.match(error.message, /^m\/config\.json: /);
    return error.message;
  }
  throw new Error(`nothing was refused in ${JSON.stringify(json)}`);
}

function refuses(base: Fields, cases: [Fields, RegExp][]): void {
  for (const [fields, message] of cases) assert.match(refusal({ ...base, ...fields }), message);
}

function accepts(base: Fields, fields: Fields) {
  return parseQwenConfig({ ...base, ...fields }, "m/config.json");
}

/** The fields without some of them. */
function without(base: Fields, ...names: string[]): Fields {
  return Object.fromEntries(Object.entries(base).filter(([name]) => !names.includes(name)));
}

Deno.test("transformers 5's and 4's spellings of a config are read", () => {
  const { raw, ...qwen3 } = accepts(TINY_QWEN3, {});
  assert.deepEqual(qwen3, {
    modelType: "qwen3",
    vocabSize: 12,
    hiddenSize: 16,
    intermediateSize: 24,
    layers: 2,
    heads: 2,
    kvHeads: 1,
    headDim: 16,
    ropeTheta: 10000,
    rmsNormEps: 1e-6,
    maxPositions: 64,
    tied: false,
  });
  assert.deepEqual(raw, TINY_QWEN3);
  const { raw: _, ...qwen2 } = accepts(TINY_QWEN2, { tie_word_embeddings: true });
  assert.deepEqual(qwen2, { ...qwen3, modelType: "qwen2", hiddenSize: 32, tied: true });
});

Deno.test("what a config leaves out has transformers' default", () => {
  assert.equal(parseQwenConfig(without(TINY_QWEN3, "head_dim"), "").headDim, 128);
  assert.equal(accepts(TINY_QWEN3, { head_dim: null, hidden_size: 32 }).headDim, 16);
  assert.equal(accepts(TINY_QWEN2, { hidden_size: 64 }).headDim, 32);
  assert.equal(accepts(TINY_QWEN2, { head_dim: 48 }).headDim, 48);
  assert.equal(accepts(TINY_QWEN3, { num_key_value_heads: null }).kvHeads, 2);
  assert.equal(accepts(TINY_QWEN3, { architectures: [] }).layers, 2);
  const bare = without(
    TINY_QWEN3,
    "rms_norm_eps",
    "tie_word_embeddings",
    "hidden_act",
    "layer_types",
    "architectures",
    "dtype",
    "use_sliding_window",
  );
  const { rmsNormEps, tied } = parseQwenConfig(bare, "");
  assert.deepEqual([rmsNormEps, tied], [1e-6, false]);
});

Deno.test("another architecture is refused by name, with what is supported", () => {
  for (const type of ["llama", "qwen3_moe", "qwen2_vl", "qwen3_next", "gemma3"]) {
    // Of another architecture nothing else is expected to be there.
    const message = refusal({ model_type: type });
    assert.match(message, new RegExp(`model_type "${type}" is not supported. Supported: qwen2`));
  }
  refuses(TINY_QWEN3, [
    [{ model_type: undefined }, /model_type is missing/],
    [{ model_type: 3 }, /model_type is 3/],
    [{ architectures: ["Qwen3ForSequenceClassification"] }, /only Qwen3ForCausalLM/],
    [{ architectures: ["Qwen2ForCausalLM"] }, /"Qwen2ForCausalLM"; only Qwen3ForCausalLM/],
    [{ is_causal: false }, /is_causal is false, and only causal/],
    [{ use_bidirectional_attention: true }, /use_bidirectional_attention is true/],
  ]);
  for (const json of [null, [], 3, "qwen3"]) assert.match(refusal(json), /must be a JSON object/);
});

Deno.test("a quantised checkpoint is refused by the name of its method", () => {
  refuses(TINY_QWEN3, [
    [
      { quantization_config: { quant_method: "bitsandbytes", load_in_4bit: true } },
      /quantised already \("bitsandbytes"\).*unquantised checkpoint/,
    ],
    [{ quantization_config: { quant_method: "gptq" } }, /"gptq"/],
    [{ quantization_config: {} }, /quantised already:/],
    [{ compression_config: { quant_method: "compressed-tensors" } }, /compressed-tensors/],
  ]);
  assert.equal(accepts(TINY_QWEN3, { quantization_config: null }).layers, 2);
});

Deno.test("rotary embeddings: any place for theta, no scaling", () => {
  const theta = (fields: Fields) =>
    accepts(without(TINY_QWEN3, "rope_parameters"), fields).ropeTheta;
  assert.equal(theta({ rope_theta: 5e6 }), 5e6);
  assert.equal(theta({ rope_theta: 5e6, rope_parameters: { rope_type: "default" } }), 5e6);
  assert.equal(theta({ rope_theta: 5e6, rope_parameters: { rope_theta: 5e6 } }), 5e6);
  assert.equal(theta({ rope_theta: 5e6, rope_scaling: null, rope_parameters: null }), 5e6);
  assert.equal(theta({ rope_scaling: { rope_theta: 1e4, type: "default" } }), 1e4);
  refuses(without(TINY_QWEN3, "rope_parameters"), [
    [{}, /rope_theta is missing/],
    [{ rope_theta: 0 }, /rope_theta is 0; it must be a number above 0/],
    [{ rope_theta: -1 }, /rope_theta is -1/],
    [{ rope_theta: "1e6" }, /rope_theta is "1e6"/],
    [{ rope_theta: 1e300 }, /rope_theta is 1e\+300/],
    [{ rope_theta: 1e4, rope_parameters: { rope_theta: 1e6 } }, /must be the same/],
    [{ rope_theta: 1e4, rope_scaling: { type: "yarn", factor: 4 } }, /rope_scaling.*"yarn"/],
    [{ rope_theta: 1e4, rope_scaling: { rope_type: "linear" } }, /"linear"/],
    [{ rope_parameters: { rope_theta: 1e4, rope_type: "dynamic" } }, /rope_parameters.*"dynamic"/],
    [{ rope_theta: 1e4, rope_scaling: { type: "default", mrope_section: [2] } }, /mrope_section/],
    [{ rope_theta: 1e4, rope_scaling: "yarn" }, /rope_scaling is "yarn"/],
    [{ rope_theta: 1e4, partial_rotary_factor: 0.5 }, /partial_rotary_factor is 0.5/],
    [{ rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } }, /is 0.5, only 1/],
    [{ rope_parameters: { full_attention: { rope_theta: 1e4 } } }, /rope_theta is missing/],
  ]);
});

Deno.test("a sliding window that is not in use does no harm, one in use is refused", () => {
  assert.equal(accepts(TINY_QWEN2, { sliding_window: 32768 }).layers, 2);
  refuses(TINY_QWEN2, [
    [{ use_sliding_window: true }, /use_sliding_window is true/],
    [
      { layer_types: ["full_attention", "sliding_attention"] },
      /layer_types\[1\] is "sliding_attention"/,
    ],
    [{ layer_types: ["full_attention"] }, /layer_types has 1 entries, and num_hidden_layers is 2/],
    [{ layer_types: ["linear_attention", "full_attention"] }, /layer_types\[0\]/],
    [{ layer_types: [1, 2] }, /layer_types\[0\] is 1/],
  ]);
});

Deno.test("other parts of the graph must be Qwen's", () => {
  refuses(TINY_QWEN3, [
    [{ hidden_act: "gelu" }, /hidden_act is "gelu", only "silu"/],
    [{ attention_bias: true }, /attention_bias is true/],
    [{ attention_bias: "no" }, /attention_bias is "no"; it must be true or false/],
    [{ tie_word_embeddings: 1 }, /tie_word_embeddings is 1; it must be true or false/],
    [{ torch_dtype: 16 }, /torch_dtype is 16/],
  ]);
  // Qwen2's biases are part of the architecture.
  assert.equal(accepts(TINY_QWEN2, { attention_bias: true }).modelType, "qwen2");
});

Deno.test("sizes are whole, positive and sensible, and fit each other", () => {
  const sizes = [
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "max_position_embeddings",
  ];
  for (const name of sizes) {
    for (const value of [0, -3, 1.5, NaN, Infinity, 2 ** 31, 2 ** 60, "16", true, [16], {}]) {
      const message = refusal({ ...TINY_QWEN3, [name]: value });
      assert.match(message, new RegExp(`${name} is .*; it must be a whole number from 1 to \\d+`));
    }
    if (name === "head_dim") continue;
    assert.match(refusal(without(TINY_QWEN3, name)), new RegExp(`${name} is missing`));
  }
  refuses(TINY_QWEN3, [
    [{ num_hidden_layers: 1001, layer_types: null }, /from 1 to 1000/],
    [
      { num_attention_heads: 3, num_key_value_heads: 2 },
      /3, which num_key_value_heads, 2, does not/,
    ],
    [{ head_dim: 24 }, /head_dim is 24; it must be a multiple of 16, because ONNX Runtime/],
    [{ head_dim: 7 }, /multiple of 16/],
    [{ head_dim: null, num_attention_heads: 5, num_key_value_heads: 5 }, /5, does not divide.*16/],
    [{ rms_norm_eps: 0 }, /rms_norm_eps is 0; it must be a number above 0/],
    [{ rms_norm_eps: NaN }, /rms_norm_eps is NaN/],
    [{ rms_norm_eps: 2 }, /rms_norm_eps is 2/],
  ]);
});

Deno.test("Python's NaN and Infinity in a JSON file are named with their place", () => {
  const text = '{\n  "model_type": "NaN",\n  "rms_norm_eps": NaN\n}';
  assert.throws(
    () => parseJsonText(text, "c.json"),
    { name: "UsageError", message: /c\.json holds NaN at line 3, column 19/ },
  );
  assert.throws(() => parseJsonText('{"a": -Infinity}', "c.json"), /holds -Infinity at line 1/);
  assert.throws(() => parseJsonText('{"a": 1,}', "c.json"), /not valid JSON at line 1, column 9/);
  assert.throws(() => parseJsonText('{"a": "NaN', "c.json"), /not valid JSON/);
  assert.deepEqual(parseJsonText('{"a": "NaN"}', ""), { a: "NaN" });
});
