import { join } from "node:path";
import { createHash } from "node:crypto";
import { digestFiles, type DigestOptions } from "../../hub/digest_files.ts";
import { resolveModel } from "../../hub/resolve_model.ts";
import { SENTENCE_FILES } from "../../hub/model_files.ts";
import { prepareModel, type PrepareOptions } from "../../llm/prepare_model.ts";
import { type ExportDtype, modelFileName } from "../../onnx/export_dtype.ts";
import type { DeviceName } from "../../runtime/device.ts";
import type { HubEnvironment } from "../../settings/hub_environment.ts";
import { UsageError } from "../../settings/usage_error.ts";
import type { ChosenGraph } from "./choose_graph.ts";
import { readSentenceFile } from "./sentence_files.ts";

/** An embedding model's folder that stays where it is until it is let go. */
export interface PreparedEmbeddingModel {
  /** With `onnx/`, tokenizer and configuration. */
  readonly folder: string;
  /** Lets the folder go. Safe to call twice. */
  release(): void;
}

/** What the preparation takes from the world around it, and tells while it goes on. */
export interface PrepareEmbeddingOptions extends PrepareOptions {
  /** Where the model will run. */
  readonly device: DeviceName;
  /** Replaced in tests. */
  readonly environment?: HubEnvironment;
}

/**
 * Finds an embedding model: a folder with `onnx/` or with a Qwen embedding model's safetensors, which
 * are exported once into the cache, or `Org/Name[@revision]` of the hub with the same.
 * @throws {UsageError} when there is none that can be run here.
 * @throws {CannotContinueError} when it can't be had: network, disk.
 */
export async function prepareEmbeddingModel(
  name: string,
  dtype: ExportDtype | undefined,
  options: PrepareEmbeddingOptions,
): Promise<PreparedEmbeddingModel> {
  const { device, signal, environment, onProgress, onWarning } = options;
  const { kind, folder } = await resolveModel(name, {
    signal,
    environment,
    onWarning,
    onProgress: ({ doneBytes, totalBytes }) =>
      onProgress?.({ stage: "download", doneBytes, totalBytes }),
    hasAdapter: false,
    forEmbeddings: true,
    ...(dtype === undefined ? {} : { onnxFile: `onnx/${modelFileName(dtype)}` }),
  });
  if (kind === "onnx") return { folder, release: () => {} };
  const config = await readSentenceFile(folder, "config.json");
  if (config?.model_type !== "qwen3" && config?.model_type !== "qwen2") {
    throw new UsageError(
      `${name} has safetensors and no onnx/, and houqa exports Qwen's models only: give an ONNX ` +
        `export of it (e.g. with Python: optimum-cli export onnx --task feature-extraction -m ` +
        `${name} FOLDER/onnx, with the model's other files in FOLDER).`,
    );
  }
  const isProcessor = device === "cpu" || device === "wasm";
  return await prepareModel(
    {
      modelName: name,
      dtype: dtype ?? (isProcessor ? "q8" : "fp16"),
      task: "feature-extraction",
    },
    options,
  );
}

/** Files beside the graph that vectors depend on, where a model has them. */
const SETTING_FILES = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  ...SENTENCE_FILES,
] as const;

/** `sha256:…` over everything in a model's folder that its vectors depend on. */
export async function digestEmbeddingModel(
  folder: string,
  { path, dataFiles }: ChosenGraph,
  options: DigestOptions = {},
): Promise<string> {
  const names: string[] = [];
  for (const name of SETTING_FILES) {
    const isThere = await Deno.stat(join(folder, name)).then(({ isFile }) => isFile, () => false);
    if (isThere) names.push(name);
  }
  const paths = new Map(names.map((name) => [name, join(folder, name)]));
  paths.set("graph", path);
  for (const name of dataFiles) paths.set(name, join(folder, "onnx", name));
  const digests = await digestFiles([...paths.values()], options);
  const hash = createHash("sha256");
  for (const [name, file] of [...paths].sort(([a], [b]) => a < b ? -1 : 1)) {
    hash.update(`${name}\0${digests.get(file)}\n`);
  }
  return `sha256:${hash.digest("hex")}`;
}
