import { z } from "zod";
import { UsageError } from "../settings/usage_error.ts";
import { describeIssue, showValue } from "./describe_issue.ts";

/** What an adapter_config.json asks for, as far as plain LoRA, rsLoRA and DoRA go. */
export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  /** Scale by α/√r instead of α/r. */
  readonly rslora: boolean;
  readonly dora: boolean;
  /** Rank by pattern, in file order: the first that matches a module counts. */
  readonly rankPattern: readonly (readonly [pattern: string, rank: number])[];
  readonly alphaPattern: readonly (readonly [pattern: string, alpha: number])[];
  /** Names, or a regular expression, or "all-linear". */
  readonly targetModules: string | readonly string[];
  readonly excludeModules: string | readonly string[];
  /** Indices of layers; empty means all. */
  readonly layersToTransform: readonly number[];
  readonly layersPattern: readonly string[];
  readonly modulesToSave: readonly string[];
  readonly ensureWeightTying: boolean;
  /** Where the base came from when the adapter was trained: a path or Org/Name. */
  readonly baseName?: string;
  readonly warnings: readonly string[];
}

/** Modules PEFT takes for qwen2 and qwen3 where target_modules is null. */
const DEFAULT_TARGETS = ["q_proj", "v_proj"];
const DEFAULT_RANK = 8, DEFAULT_ALPHA = 8;

const rank = z.int("a whole number from 1 to 65536")
  .min(1, "a whole number from 1 to 65536").max(65536, "a whole number from 1 to 65536");
const alpha = z.number("a number");
const flag = z.boolean("true or false").nullish();
const names = z.array(z.string("a name").min(1, "a name"), "a list of names");
/** More than the kinds of modules there are; each name is held against every tensor. */
const fewNames = names.max(100, "a list of at most 100 names");
const namesOrPattern = z.union([z.string(), names], "a list of names or a regular expression");
const layer = z.int("the index of a layer").nonnegative("the index of a layer");

const configSchema = z.looseObject({
  peft_type: z.string('"LORA"'),
  r: rank.nullish(),
  lora_alpha: alpha.nullish(),
  use_rslora: flag,
  use_dora: flag,
  rank_pattern: z.record(z.string(), rank, "an object of ranks by module").nullish(),
  alpha_pattern: z.record(z.string(), alpha, "an object of numbers by module").nullish(),
  target_modules: namesOrPattern.nullish(),
  exclude_modules: namesOrPattern.nullish(),
  layers_to_transform: z.union([layer, z.array(layer)], "an index or a list of indices of layers")
    .nullish(),
  layers_pattern: z.union([z.string(), fewNames], "a name or a list of names").nullish(),
  modules_to_save: fewNames.nullish(),
  ensure_weight_tying: flag,
  base_model_name_or_path: z.string("a name or a path").nullish(),
}, "a JSON object");

/** Fields that change the arithmetic or the model in ways that are not implemented. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["fan_in_fan_out", "weights stored as [in, out]"],
  ["lora_bias", "a bias on lora_B"],
  ["layer_replication", "layers used several times"],
  ["trainable_token_indices", "single trained tokens"],
  ["target_parameters", "LoRA on parameters instead of modules"],
  ["use_qalora", "QALoRA"],
  ["use_bdlora", "block-diagonal LoRA"],
  ["alora_invocation_tokens", "LoRA that begins at certain tokens (aLoRA)"],
  ["arrow_config", "routing between several adapters (Arrow)"],
  ["kasa_config", "KaSA, which changes the base's weights"],
  ["monteclora_config", "MonteCLoRA"],
  ["velora_config", "VeLoRA"],
  ["megatron_config", "layers of Megatron"],
]);

/** Fields for which PEFT takes an empty object or list as "not set". */
const EMPTY_IS_UNSET = new Set([
  "layer_replication",
  "trainable_token_indices",
  "target_parameters",
  "megatron_config",
]);

/** Fields that are read above, or that change nothing once training is over. */
const HARMLESS = new Set([
  ...Object.keys(configSchema.shape),
  "bias",
  "init_lora_weights",
  "auto_mapping",
  "corda_config",
  "eva_config",
  "inference_mode",
  "loftq_config",
  "lora_dropout",
  "lora_ga_config",
  "megatron_core",
  "peft_version",
  "qalora_group_size",
  "revision",
  "runtime_config",
  "task_type",
]);

/** Initialisations that leave the base as it is (PEFT 0.21, tuners/lora/layer.py). */
const KEEPING_BASE = new Set(["gaussian", "eva", "orthogonal", "mica", "true", "false"]);
/** Initialisations that subtract from the base's weights, or quantise them, when training starts. */
const CHANGING_BASE = /^(pissa|corda|olora|lora_ga|loftq)/i;

/**
 * Checks an adapter_config.json against PEFT 0.21's LoraConfig; what is not given has PEFT's
 * default. Whatever would need more than W' = W + s·B·A (or DoRA's rescaling) is refused by name.
 * @param json the file's parsed value.
 * @param path only for messages.
 * @throws {UsageError}
 */
export function parseLoraConfig(json: unknown, path: string): LoraSettings {
  const checked = configSchema.safeParse(json);
  if (!checked.success) throw new UsageError(`${path}: ${describeIssue(checked.error, json)}.`);
  const config = checked.data;
  if (config.peft_type !== "LORA") {
    throw new UsageError(
      `${path}: peft_type is ${showValue(config.peft_type)}, only "LORA" is supported. Merge the ` +
        "adapter into its base with PEFT (merge_and_unload) and give the merged model.",
    );
  }
  refuseUnsupported(config, path);
  const layers = config.layers_to_transform ?? [];
  return {
    rank: config.r ?? DEFAULT_RANK,
    alpha: config.lora_alpha ?? DEFAULT_ALPHA,
    rslora: config.use_rslora ?? false,
    dora: config.use_dora ?? false,
    rankPattern: Object.entries(config.rank_pattern ?? {}),
    alphaPattern: Object.entries(config.alpha_pattern ?? {}),
    targetModules: config.target_modules ?? DEFAULT_TARGETS,
    excludeModules: config.exclude_modules ?? [],
    layersToTransform: typeof layers === "number" ? [layers] : layers,
    layersPattern: listOf(config.layers_pattern),
    modulesToSave: config.modules_to_save ?? [],
    ensureWeightTying: config.ensure_weight_tying ?? false,
    ...(config.base_model_name_or_path ? { baseName: config.base_model_name_or_path } : {}),
    warnings: unknownFields(config, path),
  };
}

function listOf(value: string | string[] | null | undefined): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return value ?? [];
}

function refuseUnsupported(config: Readonly<Record<string, unknown>>, path: string): void {
  for (const [field, meaning] of REFUSED) {
    if (isSet(config[field], EMPTY_IS_UNSET.has(field))) {
      throw new UsageError(
        `${path}: ${field} is ${showValue(config[field])}: ${meaning}, which is not supported.`,
      );
    }
  }
  const bias = config.bias ?? "none";
  if (bias !== "none") {
    throw new UsageError(
      `${path}: bias is ${
        showValue(bias)
      }: the adapter replaces biases of the base too, which is ` +
        'not supported. Supported: "none".',
    );
  }
  const init = config.init_lora_weights ?? true;
  if (typeof init === "boolean") return;
  if (typeof init === "string" && KEEPING_BASE.has(init.toLowerCase())) return;
  if (typeof init === "string" && CHANGING_BASE.test(init)) {
    throw new UsageError(
      `${path}: init_lora_weights is ${showValue(init)}, which changes the base's weights when ` +
        "training starts: the adapter does not fit the plain base. Save it with PEFT's " +
        "save_pretrained(…, path_initial_model_for_weight_conversion=…), or merge it in Python.",
    );
  }
  throw new UsageError(
    `${path}: init_lora_weights is ${showValue(init)}, which is not known, and may have changed ` +
      "the base's weights.",
  );
}

/** Whether a field is given; `{}` counts unless PEFT takes it for nothing. */
function isSet(value: unknown, emptyIsUnset = true): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (typeof value !== "object") return value !== "" && value !== 0;
  return !emptyIsUnset || Object.keys(value).length > 0;
}

/**
 * Fields that PEFT 0.21 does not have. A later version's switch or structure may change the
 * arithmetic, so it is refused; a number or a text is named in a warning, as PEFT does.
 */
function unknownFields(config: Readonly<Record<string, unknown>>, path: string): string[] {
  const warnings: string[] = [];
  for (const [field, value] of Object.entries(config)) {
    if (HARMLESS.has(field) || REFUSED.has(field) || !isSet(value)) continue;
    const said = `${showValue(field)} is ${showValue(value)}`;
    if (value === true || typeof value === "object") {
      throw new UsageError(
        `${path}: ${said}. This setting is not known here and may change what the adapter does.`,
      );
    }
    warnings.push(`${path}: ${said}: not known here, ignored.`);
  }
  return warnings;
}
