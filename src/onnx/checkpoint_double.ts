import { join } from "node:path";
import { expectedTensors, linearModules } from "./expected_tensors.ts";
import { parseQwenConfig } from "./parse_qwen_config.ts";
import { STORED_BYTES, type StoredType } from "./tensor_source.ts";

/** A tensor to be written; `dtype` may be one that houqa refuses. */
export interface DoubleTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Tensors by name, in the order in which they are written. */
export type DoubleTensors = Map<string, DoubleTensor>;

/** config.json of a two-layer model of a few hundred weights, as transformers 5 writes it. */
export const TINY_QWEN3: Readonly<Record<string, unknown>> = {
  architectures: ["Qwen3ForCausalLM"],
  attention_bias: false,
  dtype: "bfloat16",
  head_dim: 16,
  hidden_act: "silu",
  hidden_size: 16,
  intermediate_size: 24,
  layer_types: ["full_attention", "full_attention"],
  max_position_embeddings: 64,
  model_type: "qwen3",
  num_attention_heads: 2,
  num_hidden_layers: 2,
  num_key_value_heads: 1,
  rms_norm_eps: 1e-6,
  rope_parameters: { rope_theta: 10000, rope_type: "default" },
  sliding_window: null,
  tie_word_embeddings: false,
  use_sliding_window: false,
  vocab_size: 12,
};

/** The same for qwen2, as transformers 4 writes it. */
export const TINY_QWEN2: Readonly<Record<string, unknown>> = {
  architectures: ["Qwen2ForCausalLM"],
  hidden_act: "silu",
  hidden_size: 32,
  intermediate_size: 24,
  max_position_embeddings: 64,
  max_window_layers: 28,
  model_type: "qwen2",
  num_attention_heads: 2,
  num_hidden_layers: 2,
  num_key_value_heads: 1,
  rms_norm_eps: 1e-6,
  rope_scaling: null,
  rope_theta: 10000,
  sliding_window: 32768,
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
  use_sliding_window: false,
  vocab_size: 12,
};

/** A tensor whose elements are all `value`; powers of two are exact in every type. */
export function filled(
  shape: readonly number[],
  value = 0.5,
  dtype: StoredType = "F32",
): DoubleTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(count * STORED_BYTES[dtype]);
  if (dtype === "F32") new Float32Array(bytes.buffer).fill(value);
  else if (dtype === "F16") new Float16Array(bytes.buffer).fill(value);
  else {
    const upper = new Uint32Array(new Float32Array([value]).buffer)[0]! >>> 16;
    new Uint16Array(bytes.buffer).fill(upper);
  }
  return { dtype, shape, bytes };
}

/** The bytes of a safetensors file. */
export function safetensorsBytes(tensors: DoubleTensors): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, end += bytes.length] };
  }
  return withHeader(JSON.stringify(header), [...tensors.values()].map(({ bytes }) => bytes));
}

/** A file with any text for a header. */
export function withHeader(header: string, data: readonly Uint8Array[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concat([length, text, ...data]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Every tensor that a config asks for. */
export function tinyTensors(
  config: Readonly<Record<string, unknown>> = TINY_QWEN3,
  dtype: StoredType = "BF16",
): DoubleTensors {
  const expected = expectedTensors(parseQwenConfig(config, "double"));
  return new Map([...expected].map(([name, shape]) => [name, filled(shape, 0.5, dtype)]));
}

/** Writes a model folder with one file of weights. */
export async function writeCheckpoint(
  folder: string,
  config: Readonly<Record<string, unknown>> = TINY_QWEN3,
  tensors: DoubleTensors = tinyTensors(config),
): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  await Deno.writeFile(join(folder, "model.safetensors"), safetensorsBytes(tensors));
  return folder;
}

/** adapter_config.json of plain LoRA on q_proj and v_proj, as PEFT 0.21 writes it. */
export const TINY_LORA: Readonly<Record<string, unknown>> = {
  alora_invocation_tokens: null,
  alpha_pattern: {},
  arrow_config: null,
  auto_mapping: null,
  base_model_name_or_path: "Org/tiny-qwen",
  bias: "none",
  corda_config: null,
  ensure_weight_tying: false,
  eva_config: null,
  exclude_modules: null,
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  kasa_config: null,
  layer_replication: null,
  layers_pattern: null,
  layers_to_transform: null,
  loftq_config: {},
  lora_alpha: 8,
  lora_bias: false,
  lora_dropout: 0.05,
  lora_ga_config: null,
  megatron_config: null,
  megatron_core: "megatron.core",
  modules_to_save: null,
  monteclora_config: null,
  peft_type: "LORA",
  peft_version: "0.21.2",
  qalora_group_size: 16,
  r: 4,
  rank_pattern: {},
  revision: null,
  target_modules: ["v_proj", "q_proj"],
  target_parameters: null,
  task_type: "CAUSAL_LM",
  trainable_token_indices: null,
  use_bdlora: null,
  use_dora: false,
  use_qalora: false,
  use_rslora: false,
  velora_config: null,
};

/** lora_A and lora_B of the modules whose names end with one of `endings`. */
export function loraTensors(
  config: Readonly<Record<string, unknown>> = TINY_QWEN3,
  endings: readonly string[] = ["q_proj", "v_proj"],
  rank = 4,
  dtype: StoredType = "F32",
): DoubleTensors {
  const tensors: DoubleTensors = new Map();
  for (const [name, [out, into]] of linearModules(parseQwenConfig(config, "double"))) {
    if (!endings.some((ending) => name.endsWith(ending))) continue;
    tensors.set(`base_model.model.${name}.lora_A.weight`, filled([rank, into], 0.25, dtype));
    tensors.set(`base_model.model.${name}.lora_B.weight`, filled([out, rank], 0.125, dtype));
  }
  return tensors;
}

/** Writes an adapter folder. */
export async function writeAdapter(
  folder: string,
  config: Readonly<Record<string, unknown>> = TINY_LORA,
  tensors: DoubleTensors = loraTensors(),
): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "adapter_config.json"), JSON.stringify(config));
  await Deno.writeFile(join(folder, "adapter_model.safetensors"), safetensorsBytes(tensors));
  return folder;
}

/** Runs a test's body with a folder that is removed afterwards. */
export async function inTempFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa-test-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
