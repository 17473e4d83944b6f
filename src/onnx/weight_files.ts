import { join } from "node:path";
import { z } from "zod";
import { INDEX_FILE, isShardName, WEIGHTS_FILE } from "../hub/model_files.ts";
import { UsageError } from "../settings/usage_error.ts";
import { describeIssue, showValue } from "./describe_issue.ts";
import { listNames, shorten } from "./list_names.ts";
import { readJsonFile } from "./read_json_file.ts";
import { openSafetensors } from "./safetensors_file.ts";
import type { TensorSource } from "./tensor_source.ts";

/** The safetensors files of a model, and in which of them an index says each tensor is. */
export interface WeightFiles {
  readonly folder: string;
  /** File names, sorted. */
  readonly names: readonly string[];
  /** File name by tensor name; absent where there is one file and no index. */
  readonly weightMap?: ReadonlyMap<string, string>;
}

/** Everything the headers of a model's files say. */
export interface StoredWeights {
  /** Paths, sorted. */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorSource>;
  /** Element types of the tensors that are neither BF16, F16 nor F32, by name. */
  readonly otherTypes: ReadonlyMap<string, string>;
}

const MAX_INDEX_BYTES = 8 << 20;

const indexSchema = z.looseObject({
  weight_map: z.record(z.string(), z.string("a file name"), "an object of file names"),
}, "a JSON object");

/**
 * Finds a model's weights as transformers does: one file before shards.
 * @param present names of the folder's entries.
 * @throws {UsageError} where there are none, or the index is wrong or names a missing file.
 */
export async function findWeightFiles(
  folder: string,
  present: ReadonlySet<string>,
): Promise<WeightFiles> {
  if (present.has(WEIGHTS_FILE)) return { folder, names: [WEIGHTS_FILE] };
  if (!present.has(INDEX_FILE)) throw new UsageError(noWeightsMessage(folder, present));
  const path = join(folder, INDEX_FILE);
  const json = await readJsonFile(path, {
    maxBytes: MAX_INDEX_BYTES,
    missing: `${path} does not exist.`,
  });
  const weightMap = parseIndex(json, path);
  const names = [...new Set(weightMap.values())].sort();
  const missing = names.filter((name) => !present.has(name));
  if (missing.length > 0) {
    throw new UsageError(
      `${path}: ${missing.length} of ${names.length} weight files are missing: ` +
        `${listNames(missing)}. The download is incomplete: get them too.`,
    );
  }
  return { folder, names, weightMap };
}

/**
 * Checks a `model.safetensors.index.json`: file by tensor. Files must be plain names, so that no
 * file outside the folder is opened.
 * @param path only for messages.
 * @throws {UsageError}
 */
export function parseIndex(json: unknown, path: string): ReadonlyMap<string, string> {
  const checked = indexSchema.safeParse(json);
  if (!checked.success) throw new UsageError(`${path}: ${describeIssue(checked.error, json)}.`);
  const entries = Object.entries(checked.data.weight_map);
  if (entries.length === 0) throw new UsageError(`${path}: weight_map is empty.`);
  for (const [tensor, file] of entries) {
    if (!isShardName(file)) {
      throw new UsageError(
        `${path}: weight_map[${showValue(tensor)}] is ${showValue(file)}; it must be the plain ` +
          "name of a .safetensors file in the same folder.",
      );
    }
  }
  return new Map(entries);
}

/**
 * Reads the headers of a model's files, one after another.
 * @throws {UsageError} where a file is damaged, a tensor is in two files, or not where the index
 * says.
 */
export async function openWeightFiles(
  { folder, names, weightMap }: WeightFiles,
): Promise<StoredWeights> {
  const tensors = new Map<string, TensorSource>();
  const otherTypes = new Map<string, string>();
  const fileOf = new Map<string, string>();
  for (const name of names) {
    const file = await openSafetensors(join(folder, name));
    for (const tensor of [...file.tensors.keys(), ...file.otherTypes.keys()]) {
      const first = fileOf.get(tensor);
      if (first !== undefined) {
        throw new UsageError(
          `${folder}: tensor ${shorten(tensor)} is in ${first} and in ${name}: one too many.`,
        );
      }
      fileOf.set(tensor, name);
    }
    for (const [tensor, source] of file.tensors) tensors.set(tensor, source);
    for (const [tensor, dtype] of file.otherTypes) otherTypes.set(tensor, dtype);
  }
  for (const [tensor, name] of weightMap ?? []) {
    if (fileOf.get(tensor) === name) continue;
    throw new UsageError(
      `${join(folder, INDEX_FILE)}: tensor ${
        shorten(tensor)
      } should be in ${name}, and is not. The ` +
        "index and the weight files belong to different models.",
    );
  }
  return { files: names.map((name) => join(folder, name)), tensors, otherTypes };
}

function noWeightsMessage(folder: string, present: ReadonlySet<string>): string {
  const names = [...present];
  if (names.some((name) => /^pytorch_model.*\.bin$/.test(name))) {
    return `${folder} has its weights in pytorch_model*.bin only: a pickle, which can run any ` +
      "code when it is opened. Convert it once with Python, where you trust it: " +
      `python -c "from transformers import AutoModelForCausalLM as M, AutoTokenizer as T; ` +
      `M.from_pretrained('${folder}', torch_dtype='auto').save_pretrained('${folder}-st'); ` +
      `T.from_pretrained('${folder}').save_pretrained('${folder}-st')" and give ${folder}-st.`;
  }
  const shards = names.filter((name) => /^model-\d+-of-\d+\.safetensors$/.test(name)).sort();
  if (shards.length > 0) {
    return `${folder} has ${listNames(shards)} and no ${INDEX_FILE}. Get that file too.`;
  }
  return `${folder} has no weights: neither ${WEIGHTS_FILE} nor ${INDEX_FILE}.`;
}
