/** Files that say how to use a model: small, and wanted whichever weights are taken. */
export const SMALL_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "vocab.json",
  "merges.txt",
  "added_tokens.json",
  "chat_template.jinja",
  "chat_template.json",
] as const;

/**
 * Files in which sentence-transformers says how a model makes embeddings, beside those that every
 * model has.
 */
export const SENTENCE_FILES = [
  "modules.json",
  "config_sentence_transformers.json",
  "sentence_bert_config.json",
  "1_Pooling/config.json",
] as const;

/** A PEFT adapter's files. */
export const ADAPTER_FILES = ["adapter_config.json", "adapter_model.safetensors"] as const;

/** Weights that are in one file. */
export const WEIGHTS_FILE = "model.safetensors";
/** Names the shards of weights that are in several files. */
export const INDEX_FILE = "model.safetensors.index.json";

/**
 * Shards that an index of safetensors names.
 * @throws {SyntaxError} when it is no such index.
 */
export function shardsOf(indexJson: string): string[] {
  const index: unknown = JSON.parse(indexJson);
  const map = isRecord(index) ? index.weight_map : undefined;
  const shards = isRecord(map) ? [...new Set(Object.values(map))] : [];
  // The names become paths.
  if (shards.length === 0 || !shards.every(isShardName)) {
    throw new SyntaxError("no weight_map with names of safetensors files");
  }
  return shards.sort();
}

/** Name of an ONNX file's external data file, from 0 on: `<file>_data`, `<file>_data_1`, … */
export function dataFileName(onnxFile: string, index: number): string {
  return `${onnxFile}_data${index === 0 ? "" : `_${index}`}`;
}

/** True for a name or path that {@linkcode dataFileName} gives for an ONNX file. */
export function isDataOf(path: string, onnxFile: string): boolean {
  return path.startsWith(onnxFile) && /^_data(_\d+)?$/.test(path.slice(onnxFile.length));
}

/** External data files that config.json declares for an ONNX file, as transformers.js reads it. */
export function declaredDataOf(onnxFile: string, configJson: string): string[] {
  let declared: unknown;
  try {
    declared = JSON.parse(configJson)?.["transformers.js_config"]?.use_external_data_format;
  } catch {
    return [];
  }
  if (isRecord(declared)) {
    const file = onnxFile.split("/").at(-1)!;
    declared = declared[file] ?? declared[file.replace(/(_[a-z0-9]+)?\.onnx$/, "")];
  }
  const count = Math.min(Number(declared) || 0, 1000);
  return Array.from({ length: count }, (_, index) => dataFileName(onnxFile, index));
}

/** True for the plain name of a safetensors file, as an index may name it: no path. */
export function isShardName(name: unknown): name is string {
  // deno-lint-ignore no-control-regex
  return typeof name === "string" && /^[^/\\\u0000]+\.safetensors$/.test(name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
