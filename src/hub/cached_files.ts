import type { HubCacheRepo } from "./hub_cache.ts";
import type { ModelWish } from "./local_folder.ts";
import {
  ADAPTER_FILES,
  declaredDataOf,
  INDEX_FILE,
  SENTENCE_FILES,
  shardsOf,
  SMALL_FILES,
  WEIGHTS_FILE,
} from "./model_files.ts";

/** What a snapshot in the cache holds of what is needed. */
export interface CachedFiles {
  readonly kind: "onnx" | "safetensors";
  /** Without these nothing works. */
  readonly missing: readonly string[];
  /** Answers depend on them where the model has them, and the cache does not know whether it does. */
  readonly unsure: readonly string[];
}

/** Looks through a snapshot for a model; the form that is wholly there comes first. */
export async function cachedModelFiles(
  cache: HubCacheRepo,
  commit: string,
  wish: ModelWish,
): Promise<CachedFiles> {
  const unsure = await unsureFiles(cache, commit, wish);
  const common = await missingOf(cache, commit, ["config.json"]);
  if (
    !await cache.has(commit, "tokenizer.json") &&
    !await cache.isKnownAbsent(commit, "tokenizer.json")
  ) common.push("tokenizer.json");
  const safetensors: CachedFiles = {
    kind: "safetensors",
    missing: [...common, ...await missingWeights(cache, commit)],
    unsure,
  };
  if (wish.hasAdapter) return safetensors;
  const onnxFile = wish.onnxFile ?? DEFAULT_ONNX_FILE;
  const data = declaredDataOf(onnxFile, await read(cache, commit, "config.json"));
  const onnx: CachedFiles = {
    kind: "onnx",
    missing: [...common, ...await missingOf(cache, commit, [onnxFile, ...data])],
    unsure,
  };
  return onnx.missing.length === 0 ? onnx : safetensors;
}

/** The ONNX file of a model on the hub when none is named. */
export const DEFAULT_ONNX_FILE = "onnx/model.onnx";

/** Looks through a snapshot for an adapter. */
export async function cachedAdapterFiles(
  cache: HubCacheRepo,
  commit: string,
): Promise<CachedFiles> {
  const missing = await missingOf(cache, commit, ADAPTER_FILES);
  return { kind: "safetensors", missing, unsure: [] };
}

async function missingOf(
  cache: HubCacheRepo,
  commit: string,
  paths: readonly string[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const path of paths) if (!await cache.has(commit, path)) missing.push(path);
  return missing;
}

async function missingWeights(cache: HubCacheRepo, commit: string): Promise<string[]> {
  if (await cache.has(commit, WEIGHTS_FILE)) return [];
  if (!await cache.has(commit, INDEX_FILE)) return [WEIGHTS_FILE];
  try {
    return await missingOf(cache, commit, shardsOf(await read(cache, commit, INDEX_FILE)));
  } catch (error) {
    if (error instanceof SyntaxError) return [INDEX_FILE];
    throw error;
  }
}

/** The small files that other programs leave out of the cache, unless they asked for them in vain. */
async function unsureFiles(
  cache: HubCacheRepo,
  commit: string,
  { forEmbeddings }: ModelWish,
): Promise<string[]> {
  const unsure: string[] = [];
  const sentence = forEmbeddings ? SENTENCE_FILES : [];
  for (const path of ["generation_config.json", "tokenizer_config.json", ...sentence]) {
    if (await cache.has(commit, path) || await cache.isKnownAbsent(commit, path)) continue;
    unsure.push(path);
  }
  const tokenizer = await read(cache, commit, "tokenizer_config.json");
  const templates = SMALL_FILES.filter((path) => path.startsWith("chat_template."));
  const hasTemplate = tokenizer.includes('"chat_template"') ||
    (await missingOf(cache, commit, templates)).length < templates.length;
  if (!hasTemplate && !await cache.isKnownAbsent(commit, templates[0]!)) unsure.push(templates[0]!);
  return unsure;
}

/** A small file's text; empty when it is not there. */
async function read(cache: HubCacheRepo, commit: string, path: string): Promise<string> {
  return await cache.has(commit, path) ? await Deno.readTextFile(cache.pointer(commit, path)) : "";
}
