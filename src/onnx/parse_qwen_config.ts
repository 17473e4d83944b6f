import { z } from "zod";
import { UsageError } from "../settings/usage_error.ts";
import { describeIssue, showValue } from "./describe_issue.ts";
import type { ExportTask } from "./export_task.ts";
import type { QwenConfig } from "./qwen_config.ts";

/** Where a config.json says nothing: Qwen3Config of transformers has this head_dim. */
const QWEN3_HEAD_DIM = 128;
/** Where a config.json says nothing: Qwen2Config and Qwen3Config of transformers agree on it. */
const DEFAULT_EPS = 1e-6;

const SUPPORTED = "qwen2 (Qwen1.5, Qwen2, Qwen2.5) and qwen3, dense and text only";

function count(max: number) {
  const wanted = `a whole number from 1 to ${max}`;
  return z.int(wanted).min(1, wanted).max(max, wanted);
}

function positive(max: number) {
  const wanted = `a number above 0, at most ${max}`;
  return z.number(wanted).gt(0, wanted).max(max, wanted);
}

const flag = z.boolean("true or false").nullish();

const ropeSchema = z.looseObject({
  rope_theta: positive(1e12).nullish(),
  rope_type: z.string("a name").nullish(),
  // The older spelling of rope_type.
  type: z.string("a name").nullish(),
  partial_rotary_factor: z.number("a number").nullish(),
}, "an object or null").nullish();

const typeSchema = z.looseObject({
  model_type: z.string("the name of an architecture"),
  architectures: z.array(z.string("a name"), "a list of names").nullish(),
  quantization_config: z.unknown().optional(),
  compression_config: z.unknown().optional(),
}, "a JSON object");

const configSchema = z.looseObject({
  vocab_size: count(2 ** 20),
  hidden_size: count(2 ** 20),
  intermediate_size: count(2 ** 20),
  num_hidden_layers: count(1000),
  num_attention_heads: count(2 ** 12),
  num_key_value_heads: count(2 ** 12).nullable(),
  head_dim: count(512).nullish(),
  max_position_embeddings: count(2 ** 21),
  rms_norm_eps: positive(1).nullish(),
  rope_theta: positive(1e12).nullish(),
  rope_scaling: ropeSchema,
  rope_parameters: ropeSchema,
  partial_rotary_factor: z.number("a number").nullish(),
  tie_word_embeddings: flag,
  hidden_act: z.string("the name of a function").nullish(),
  attention_bias: flag,
  use_sliding_window: flag,
  is_causal: flag,
  use_bidirectional_attention: flag,
  layer_types: z.array(z.string("a name"), "a list of names").nullish(),
  dtype: z.string("the name of a number type").nullish(),
  torch_dtype: z.string("the name of a number type").nullish(),
});

type Checked = z.infer<typeof configSchema>;

/**
 * Takes from a config.json what the graph depends on, and refuses by name whatever the exporter
 * does not do. Reads transformers 4's spelling and 5's (`rope_parameters`, `dtype`).
 * @param json the file's parsed value.
 * @param path only for messages.
 * @param task for feature-extraction a model may have been saved without its output layer.
 * @throws {UsageError}
 */
export function parseQwenConfig(
  json: unknown,
  path: string,
  task: ExportTask = "text-generation",
): QwenConfig {
  const modelType = supportedType(json, path, task);
  const checked = configSchema.safeParse(json);
  if (!checked.success) throw new UsageError(`${path}: ${describeIssue(checked.error, json)}.`);
  const config = checked.data;
  refuseUnsupported(config, modelType, path);
  const ropeTheta = plainRope(config, path);
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads ?? heads;
  if (heads % kvHeads !== 0) {
    throw new UsageError(
      `${path}: num_attention_heads is ${heads}, which num_key_value_heads, ${kvHeads}, does ` +
        "not divide.",
    );
  }
  return {
    modelType,
    vocabSize: config.vocab_size,
    hiddenSize: config.hidden_size,
    intermediateSize: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads,
    kvHeads,
    headDim: headDimOf(config, modelType, path),
    ropeTheta,
    rmsNormEps: config.rms_norm_eps ?? DEFAULT_EPS,
    maxPositions: config.max_position_embeddings,
    tied: config.tie_word_embeddings ?? false,
    raw: json as Record<string, unknown>,
  };
}

function supportedType(json: unknown, path: string, task: ExportTask): QwenConfig["modelType"] {
  const checked = typeSchema.safeParse(json);
  if (!checked.success) throw new UsageError(`${path}: ${describeIssue(checked.error, json)}.`);
  const { model_type: type, architectures, quantization_config, compression_config } = checked.data;
  const quantised = quantization_config ?? compression_config;
  if (quantised !== undefined && quantised !== null) {
    const method = (quantised as { quant_method?: unknown }).quant_method;
    const named = typeof method === "string" ? ` (${showValue(method)})` : "";
    throw new UsageError(
      `${path}: the weights are quantised already${named}: quantization_config is set. Name the ` +
        "unquantised checkpoint it was made from; houqa quantises by itself.",
    );
  }
  if (type !== "qwen2" && type !== "qwen3") {
    throw new UsageError(
      `${path}: model_type ${showValue(type)} is not supported. Supported: ${SUPPORTED}.`,
    );
  }
  const wanted = type === "qwen2" ? "Qwen2ForCausalLM" : "Qwen3ForCausalLM";
  const base = wanted.replace("ForCausalLM", "Model");
  const isSupported = architectures?.includes(wanted) ||
    task === "feature-extraction" && architectures?.includes(base);
  if (architectures && architectures.length > 0 && !isSupported) {
    throw new UsageError(
      `${path}: architectures names ${showValue(architectures[0])}; only ${wanted}, a language ` +
        `model with its output layer, is supported for ${type}.`,
    );
  }
  return type;
}

function refuseUnsupported(config: Checked, type: QwenConfig["modelType"], path: string): void {
  const refuse = (what: string): never => {
    throw new UsageError(`${path}: ${what}. Supported: ${SUPPORTED}.`);
  };
  if ((config.hidden_act ?? "silu") !== "silu") {
    refuse(`hidden_act is ${showValue(config.hidden_act)}, only "silu" is supported`);
  }
  if (config.use_sliding_window) {
    refuse("use_sliding_window is true, and attention over a sliding window is not supported");
  }
  if (type === "qwen3" && config.attention_bias) {
    refuse("attention_bias is true, and qwen3 is supported without biases only");
  }
  if (config.is_causal === false || config.use_bidirectional_attention) {
    const name = config.is_causal === false
      ? "is_causal is false"
      : "use_bidirectional_attention is true";
    refuse(`${name}, and only causal attention is supported`);
  }
  const types = config.layer_types;
  if (!types) return;
  if (types.length !== config.num_hidden_layers) {
    refuse(
      `layer_types has ${types.length} entries, and num_hidden_layers is ` +
        config.num_hidden_layers,
    );
  }
  const other = types.findIndex((name) => name !== "full_attention");
  if (other >= 0) {
    refuse(
      `layer_types[${other}] is ${showValue(types[other])}, and only "full_attention" is supported`,
    );
  }
}

/** rope_theta of plain rotary embeddings; every kind of scaling is refused by name. */
function plainRope(config: Checked, path: string): number {
  const places = [
    ["rope_parameters", config.rope_parameters],
    ["rope_scaling", config.rope_scaling],
  ] as const;
  const thetas: [string, number | null | undefined][] = [["rope_theta", config.rope_theta]];
  for (const [name, rope] of places) {
    if (!rope) continue;
    const kind = rope.rope_type ?? rope.type ?? "default";
    if (kind !== "default") {
      throw new UsageError(
        `${path}: ${name} asks for rotary embeddings of type ${showValue(kind)}, only "default" ` +
          `is supported. Qwen's own files have it unless someone extended the context: set ` +
          `${name} to null there to use the model's own context length.`,
      );
    }
    if (rope.mrope_section !== undefined && rope.mrope_section !== null) {
      throw new UsageError(
        `${path}: ${name}.mrope_section is set: positions in several dimensions are not supported.`,
      );
    }
    thetas.push([`${name}.rope_theta`, rope.rope_theta]);
  }
  for (const part of [config, config.rope_parameters, config.rope_scaling]) {
    const factor = part?.partial_rotary_factor ?? 1;
    if (factor !== 1) {
      throw new UsageError(`${path}: partial_rotary_factor is ${factor}, only 1 is supported.`);
    }
  }
  const given = thetas.filter(([, theta]) => typeof theta === "number");
  const [first] = given;
  if (first === undefined) {
    throw new UsageError(
      `${path}: rope_theta is missing, both at the top and in rope_parameters.`,
    );
  }
  const other = given.find(([, theta]) => theta !== first[1]);
  if (other !== undefined) {
    throw new UsageError(
      `${path}: ${first[0]} is ${first[1]} and ${other[0]} is ${other[1]}; they must be the same.`,
    );
  }
  return first[1]!;
}

function headDimOf(config: Checked, type: QwenConfig["modelType"], path: string): number {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const byDefault = type === "qwen3" && config.head_dim === undefined;
  const headDim = byDefault ? QWEN3_HEAD_DIM : config.head_dim ?? hidden / heads;
  if (!Number.isInteger(headDim)) {
    throw new UsageError(
      `${path}: head_dim is not given, and num_attention_heads, ${heads}, does not divide ` +
        `hidden_size, ${hidden}.`,
    );
  }
  if (headDim % 16 !== 0) {
    throw new UsageError(
      `${path}: head_dim is ${headDim}; it must be a multiple of 16, because ONNX Runtime's ` +
        "attention operator (GroupQueryAttention with rotary positions) takes no other.",
    );
  }
  return headDim;
}
