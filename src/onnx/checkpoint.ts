import { join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { EMBEDDING, expectedTensors, LM_HEAD } from "./expected_tensors.ts";
import type { ExportTask } from "./export_task.ts";
import { listNames, shorten } from "./list_names.ts";
import { parseQwenConfig } from "./parse_qwen_config.ts";
import type { QwenConfig } from "./qwen_config.ts";
import { readJsonFile } from "./read_json_file.ts";
import { sameShape } from "./same_shape.ts";
import { sameValues } from "./same_values.ts";
import { TensorReader } from "./tensor_reader.ts";
import type { TensorSource } from "./tensor_source.ts";
import { findWeightFiles, openWeightFiles, type StoredWeights } from "./weight_files.ts";

/** A Qwen checkpoint on disk whose every tensor is accounted for. */
export interface Checkpoint {
  readonly folder: string;
  readonly config: QwenConfig;
  /** Exactly the tensors of the architecture, by name; a tied model has no `lm_head.weight`. */
  readonly tensors: ReadonlyMap<string, TensorSource>;
  /** Paths of the safetensors files, sorted. */
  readonly weightFiles: readonly string[];
}

const MAX_CONFIG_BYTES = 1 << 20;

/**
 * Opens a folder with `config.json` and safetensors weights, in one file or sharded with an index.
 * Reads headers only, except where a tied model also has an `lm_head.weight`: the two must be
 * equal then, since versions of transformers disagree on which one counts.
 *
 * For `feature-extraction` the output layer is neither needed nor looked at, and tensors may have the
 * names of a model that was saved without one (`layers.0…` for `model.layers.0…`).
 * @throws {UsageError} naming what is missing, damaged or not supported.
 */
export async function openCheckpoint(
  folder: string,
  task: ExportTask = "text-generation",
): Promise<Checkpoint> {
  const files = await listFolder(folder);
  const configPath = join(folder, "config.json");
  const json = await readJsonFile(configPath, {
    maxBytes: MAX_CONFIG_BYTES,
    missing: files.has("adapter_config.json")
      ? `${folder} holds a LoRA adapter, not a model: it has adapter_config.json and no ` +
        "config.json. Give it as the adapter, and its base as the model."
      : `${folder} has no config.json. Give a folder with a Hugging Face model.`,
  });
  const isEmbedding = task === "feature-extraction";
  const parsed = parseQwenConfig(json, configPath, task);
  // Without an output layer nothing has weights of its own but the embedding.
  const config = isEmbedding ? { ...parsed, tied: true } : parsed;
  const stored = await openWeightFiles(await findWeightFiles(folder, files));
  const weights = isEmbedding ? withoutHead(stored) : stored;
  const tensors = selectTensors(folder, config, weights);
  return { folder, config, tensors, weightFiles: weights.files };
}

/** The tensors under the names they have in a language model, without its output layer. */
function withoutHead({ files, tensors, otherTypes }: StoredWeights): StoredWeights {
  const rename = <T>(map: ReadonlyMap<string, T>) =>
    new Map(
      [...map].filter(([name]) => name !== `${LM_HEAD}.weight`)
        .map(([name, value]) => [name.startsWith("model.") ? name : `model.${name}`, value]),
    );
  return { files, tensors: rename(tensors), otherTypes: rename(otherTypes) };
}

async function listFolder(folder: string): Promise<Set<string>> {
  const names = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(folder)) names.add(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(`The model folder ${folder} does not exist.`);
    }
    throw new UsageError(`Can't read the model folder ${folder}: ${(error as Error).message}`);
  }
  return names;
}

function selectTensors(
  folder: string,
  config: QwenConfig,
  { tensors: stored, otherTypes }: StoredWeights,
): ReadonlyMap<string, TensorSource> {
  const expected = expectedTensors(config);
  const selected = new Map<string, TensorSource>();
  const missing: string[] = [];
  for (const [name, shape] of expected) {
    const dtype = otherTypes.get(name);
    if (dtype !== undefined) throw new UsageError(otherTypeMessage(folder, name, dtype));
    const source = stored.get(name);
    if (source === undefined) {
      missing.push(name);
      continue;
    }
    if (!sameShape(source.shape, shape)) {
      throw new UsageError(
        `${source.path}: tensor ${name} is [${source.shape.join(", ")}], and config.json asks ` +
          `for [${shape.join(", ")}].`,
      );
    }
    selected.set(name, source);
  }
  if (missing.length > 0) throw new UsageError(missingMessage(folder, missing, stored));
  refuseExtras(folder, config, stored, otherTypes, expected);
  return selected;
}

function missingMessage(
  folder: string,
  missing: readonly string[],
  stored: ReadonlyMap<string, TensorSource>,
): string {
  const unprefixed = missing.some((name) => stored.has(name.replace(/^model\./, "")));
  const advice = unprefixed
    ? 'Its names lack "model.": it was saved without its output layer. Save it with ' +
      "AutoModelForCausalLM."
    : "The download may be incomplete, or config.json belongs to another model.";
  return `${folder}: ${missing.length} tensors are missing: ${listNames(missing)}. ${advice}`;
}

function otherTypeMessage(folder: string, name: string, dtype: string): string {
  const reason = /^(U8|I8|F8_.*|F6_.*|F4|I32|U32)$/.test(dtype)
    ? "the weights are quantised already. Use the unquantised checkpoint it was made from"
    : "save the model as BF16, F16 or F32";
  return `${folder}: tensor ${name} is stored as ${shorten(dtype)}: ${reason}; supported are ` +
    "BF16, F16 and F32.";
}

function refuseExtras(
  folder: string,
  config: QwenConfig,
  stored: ReadonlyMap<string, TensorSource>,
  otherTypes: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, readonly number[]>,
): void {
  const head = `${LM_HEAD}.weight`;
  const extras = [...stored.keys(), ...otherTypes.keys()].filter((name) =>
    !expected.has(name) && !name.endsWith("rotary_emb.inv_freq") &&
    !(config.tied && name === head && stored.has(name))
  );
  if (extras.length > 0) {
    const quantised = extras.some((name) =>
      /\.(absmax|quant_map|quant_state\..*|nested_.*|qweight|qzeros|scales|g_idx|SCB|weight_scale.*)$/
        .test(name)
    );
    throw new UsageError(
      `${folder}: ${extras.length} tensors belong to no ${config.modelType} model: ` +
        `${listNames(extras)}. ` + (quantised
          ? "They are of a quantised checkpoint: use the unquantised one it was made from."
          : "Another architecture, or an adapter that was not merged?"),
    );
  }
  const ownHead = config.tied ? stored.get(head) : undefined;
  if (ownHead !== undefined) checkTiedHead(ownHead, stored.get(`${EMBEDDING}.weight`)!);
}

function checkTiedHead(head: TensorSource, embedding: TensorSource): void {
  const reader = new TensorReader();
  try {
    if (sameValues(reader, head, embedding)) return;
  } finally {
    reader.close();
  }
  throw new UsageError(
    `${head.path}: lm_head.weight differs from ${EMBEDDING}.weight, and config.json says ` +
      '"tie_word_embeddings": true. Set it to false if the model has an output layer of its own, ' +
      "or take lm_head.weight out of the file.",
  );
}
