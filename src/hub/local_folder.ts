import { basename, join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { readFolder } from "./folder_size.ts";
import { isDataOf } from "./model_files.ts";
import { looksLikePath } from "./model_name.ts";

/** Which of a model's forms will do. */
export interface ModelWish {
  /** An adapter will be merged, which takes the safetensors. */
  readonly hasAdapter: boolean;
  /** The one exported file that is wanted, e.g. "onnx/model_q4.onnx"; undefined: any. */
  readonly onnxFile?: string;
  /** The files are wanted too that say how a model makes embeddings. */
  readonly forEmbeddings?: boolean;
}

/**
 * Which form of the model in a folder fits: its `onnx/`, else its safetensors.
 * @throws {UsageError} when neither does; says what the folder holds instead.
 */
export async function modelKindOf(
  folder: string,
  wish: ModelWish,
): Promise<"onnx" | "safetensors"> {
  const names = await namesIn(folder);
  const onnxFiles = (await namesIn(join(folder, "onnx"))).filter((name) => name.endsWith(".onnx"))
    .map((name) => `onnx/${name}`);
  const onnxFits = wish.onnxFile === undefined
    ? onnxFiles.length > 0
    : onnxFiles.includes(wish.onnxFile);
  const hasConfig = names.includes("config.json");
  const isAdapter = names.includes("adapter_config.json") && !hasConfig;
  const hasSafetensors = !isAdapter && names.some((name) => name.endsWith(".safetensors"));
  if (hasConfig && onnxFits && !wish.hasAdapter) return "onnx";
  if (hasConfig && hasSafetensors) return "safetensors";

  if (!isAdapter && !hasConfig && (onnxFiles.length > 0 || hasSafetensors)) {
    throw new UsageError(
      `${folder} has weights but no config.json; copy the model's whole folder.`,
    );
  }
  if (onnxFiles.length > 0 && wish.hasAdapter) {
    throw new UsageError(
      `${folder} is an exported model (onnx/): it can't take an adapter or be exported again. ` +
        "Give the safetensors it was made from, as a folder or Org/Name.",
    );
  }
  if (wish.onnxFile !== undefined && await hasDataOf(folder, wish.onnxFile)) {
    throw new UsageError(
      `${folder} is incomplete: ${wish.onnxFile} is missing, and its data files are there. Copy or ` +
        "download the whole folder again, or make it again from the safetensors with houqa export.",
    );
  }
  if (onnxFiles.length > 0) {
    throw new UsageError(
      `${folder} has no ${wish.onnxFile}; it has ${onnxFiles.join(", ")}. ` +
        "Choose the dtype that is there, or give the safetensors it was made from.",
    );
  }
  throw new UsageError(`${folder} ${describeMissingWeights(names)}`);
}

/**
 * Checks that a folder is a PEFT LoRA adapter with safetensors.
 * @throws {UsageError} says what the folder holds instead.
 */
export async function checkAdapterFolder(folder: string): Promise<void> {
  const names = await namesIn(folder);
  const hasConfig = names.includes("adapter_config.json");
  if (hasConfig && names.includes("adapter_model.safetensors")) return;
  throw new UsageError(`${folder} ${describeMissingAdapter(names)}`);
}

/** Why files with these names are no model that can be read: goes on after the folder's name. */
export function describeMissingWeights(names: readonly string[]): string {
  if (names.includes("adapter_config.json") && !names.includes("config.json")) {
    return "is a LoRA adapter, not a model. Give it as the adapter, and the model " +
      "it was trained on as the model.";
  }
  const pickle = names.find((name) => /^(pytorch_model|model).*\.(bin|pth?)$/.test(name));
  if (pickle !== undefined) {
    return `has its weights in ${pickle}, a pickle, which can run code when it is loaded. Convert ` +
      "it where you trust it: AutoModelForCausalLM.from_pretrained(…).save_pretrained(folder).";
  }
  if (names.some((name) => name.endsWith(".gguf"))) {
    return "has GGUF files only, which run with Ollama (--llm-backend ollama). " +
      "Give the model's safetensors.";
  }
  return "holds no model: neither onnx/*.onnx nor model.safetensors beside a config.json.";
}

/** Why files with these names are no adapter that can be read: goes on after the folder's name. */
export function describeMissingAdapter(names: readonly string[]): string {
  if (names.includes("adapter_model.bin") && !names.includes("adapter_model.safetensors")) {
    return "has its weights in adapter_model.bin, a pickle, which can run code when it is loaded. " +
      "Convert it where you trust it: PeftModel.from_pretrained(…).save_pretrained(folder).";
  }
  const checkpoint = names.findLast((name) => /^checkpoint-\d+$/.test(name));
  if (checkpoint !== undefined) {
    return `is no adapter itself, but holds ${checkpoint} of a training run; give that folder.`;
  }
  if (names.includes("config.json")) {
    return "is a model, not a LoRA adapter (adapter_config.json and adapter_model.safetensors).";
  }
  const missing = ["adapter_config.json", "adapter_model.safetensors"]
    .filter((name) => !names.includes(name));
  return `is no LoRA adapter: ${missing.join(" and ")} missing.`;
}

/**
 * Names of the data files that lie beside an exported graph.
 * @param graphFile its name in the model's `onnx/`.
 */
export async function dataFilesIn(folder: string, graphFile: string): Promise<string[]> {
  return (await namesIn(join(folder, "onnx"))).filter((name) => isDataOf(name, graphFile));
}

async function hasDataOf(folder: string, onnxFile: string): Promise<boolean> {
  return (await dataFilesIn(folder, basename(onnxFile))).length > 0;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readFolder(folder)).map(({ name }) => name);
}

/**
 * True for a folder that exists. Where Deno may not look, a name that the hub could know counts as
 * one of the hub's: whoever lists what may be read can't list every model's name.
 * @throws {UsageError} for a file.
 * @throws {Deno.errors.NotCapable} for a path that may not be read.
 */
export async function isFolder(path: string, what: string): Promise<boolean> {
  const info = await Deno.stat(path).catch((error: Error) => {
    if (error instanceof Deno.errors.NotCapable && looksLikePath(path)) throw error;
    return undefined;
  });
  if (info?.isFile) {
    throw new UsageError(`The ${what} ${path} is a file; give the folder it is in.`);
  }
  return info?.isDirectory ?? false;
}
