import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { SYSTEM_FILES } from "../device/system_files.ts";
import { digestFiles } from "../hub/digest_files.ts";
import { holdExport, withExport } from "../hub/export_cache.ts";
import { makeFolder } from "../hub/make_folder.ts";
import { dataFilesIn } from "../hub/local_folder.ts";
import { resolveAdapter } from "../hub/resolve_adapter.ts";
import { type ResolvedModel, resolveModel } from "../hub/resolve_model.ts";
import { type Checkpoint, openCheckpoint } from "../onnx/checkpoint.ts";
import { type ExportDtype, modelFileName } from "../onnx/export_dtype.ts";
import type { ExportTask } from "../onnx/export_task.ts";
import { EXPORTER_VERSION, exporterOf } from "../onnx/export_report.ts";
import { type IntegerWeights, preferredIntegerWeights } from "../onnx/integer_weights.ts";
import { SENTENCE_FILES, SMALL_FILES } from "../hub/model_files.ts";
import { hasChatTemplate } from "../onnx/model_files.ts";
import type { LoraAdapter } from "../onnx/lora_adapter.ts";
import { openLoraAdapter } from "../onnx/open_lora_adapter.ts";
import type { HubEnvironment } from "../settings/hub_environment.ts";
import { UsageError } from "../settings/usage_error.ts";
import { refuseIncomplete } from "./refuse_incomplete.ts";
import { refuseOverflowing } from "./refuse_overflowing.ts";

/** Which model in which form. */
export interface ModelWanted {
  /** A folder, or `Org/Name[@revision]`. */
  readonly modelName: string;
  /** A PEFT folder, or `Org/Name[@revision]`. */
  readonly loraPath?: string;
  readonly dtype: ExportDtype;
  /** Default: text-generation. */
  readonly task?: ExportTask;
}

/** A stage of the preparation that takes time; bytes where they can be counted. */
export interface PrepareProgress {
  readonly stage: "download" | "digest" | "export" | "hash";
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What the preparation tells while it goes on. */
export interface PrepareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PrepareProgress) => void;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
  readonly onWarning?: (warning: string) => void;
  /** Where exports and digests are kept; replaced in tests. */
  readonly environment?: Pick<HubEnvironment, "houqaCache">;
  /** How the integers of q8 are to be stored; default: as this machine wants them. */
  readonly integerWeights?: IntegerWeights;
}

/** An ONNX folder that stays where it is until it is let go. */
export interface PreparedModel {
  readonly folder: string;
  readonly dtype: ExportDtype;
  /** "sha256:…" over every file of the model that the answers depend on. */
  readonly modelDigest: string;
  readonly adapterDigest?: string;
  /** The exporter's version and what it chose; absent where others exported the model. */
  readonly exporter?: string;
  /** The hub's commit. */
  readonly revision?: string;
  /** Lets the folder go. Safe to call twice. */
  release(): void;
}

/** Safetensors that an export is made from, everything about them checked. */
export interface ExportSource {
  readonly wanted: ModelWanted;
  readonly checkpoint: Checkpoint;
  readonly adapter?: LoraAdapter;
  /** SHA-256 (hex) by path. */
  readonly digests: { readonly base: Digests; readonly adapter?: Digests };
  readonly revision?: string;
}
type Digests = ReadonlyMap<string, string>;

/**
 * Finds a model and turns it into ONNX, once: later calls find the export in the cache, by the
 * digests of everything it was made from.
 * @throws {UsageError} when the model or the adapter can't be had or is not supported.
 * @throws {CannotContinueError} when the disk or the network fails.
 * @throws {DOMException} `AbortError` when the signal fired.
 */
export async function prepareModel(
  wanted: ModelWanted,
  options: PrepareOptions = {},
): Promise<PreparedModel> {
  const model = await resolveModel(wanted.modelName, {
    ...downloading(options),
    hasAdapter: wanted.loraPath !== undefined,
    onnxFile: `onnx/${modelFileName(wanted.dtype)}`,
    forEmbeddings: isEmbedding(wanted),
  });
  if (model.kind === "onnx") {
    const origin = await refuseIncomplete(model.folder, wanted.dtype);
    if (origin?.dtype === wanted.dtype) {
      refuseOverflowing(model.folder, origin, options.integerWeights ?? integerWeightsHere());
    }
    const digests = await digest(await onnxFiles(model.folder, wanted.dtype), options);
    return {
      folder: model.folder,
      dtype: wanted.dtype,
      modelDigest: digestOf(digests),
      ...(origin?.dtype === wanted.dtype ? { exporter: exporterOf(origin) } : {}),
      ...(model.revision === undefined ? {} : { revision: model.revision }),
      release: await holdExport(model.folder, options.environment),
    };
  }
  if (!isEmbedding(wanted) && !await hasChatTemplate(model.folder)) {
    throw new UsageError(
      `${model.folder} has no chat template (chat_template.jinja or tokenizer_config.json): it is a ` +
        "base model, or the file was not copied. Use the instruction-tuned model.",
    );
  }
  return await exportSource(await openResolved(model, wanted, options), undefined, options);
}

/**
 * Finds the safetensors of a model and its adapter and checks them.
 * @throws as {@linkcode prepareModel}; {UsageError} for a model that is ONNX already.
 */
export async function openSource(
  wanted: ModelWanted,
  options: PrepareOptions = {},
): Promise<ExportSource> {
  const model = await resolveModel(wanted.modelName, {
    ...downloading(options),
    // Whatever else is there, an export is made from safetensors.
    hasAdapter: true,
    forEmbeddings: isEmbedding(wanted),
  });
  return await openResolved(model, wanted, options);
}

async function openResolved(
  model: ResolvedModel,
  wanted: ModelWanted,
  options: PrepareOptions,
): Promise<ExportSource> {
  const checkpoint = await openCheckpoint(model.folder, wanted.task);
  const adapter = wanted.loraPath === undefined ? undefined : await openLoraAdapter(
    (await resolveAdapter(wanted.loraPath, downloading(options))).folder,
    checkpoint,
  );
  for (const warning of adapter?.warnings ?? []) options.onWarning?.(warning);
  const paths = [...checkpoint.weightFiles, ...await companionPaths(model.folder, wanted.task)];
  return {
    wanted,
    checkpoint,
    ...(adapter === undefined ? {} : { adapter }),
    digests: {
      base: await digest(paths, options),
      ...(adapter === undefined ? {} : { adapter: await digest(adapter.files, options) }),
    },
    ...(model.revision === undefined ? {} : { revision: model.revision }),
  };
}

/**
 * The export of a source: in the cache, made now if it is not there yet, or in a folder of its own.
 * @param output new or empty folder; undefined: the cache.
 * @throws as {@linkcode prepareModel}.
 */
export async function exportSource(
  source: ExportSource,
  output: string | undefined,
  options: PrepareOptions = {},
): Promise<PreparedModel> {
  const { wanted: { modelName, loraPath, dtype, task }, digests, revision, adapter } = source;
  const integerWeights = options.integerWeights ?? integerWeightsHere();
  const make = async (folder: string) => {
    options.onNote?.(
      `Turning ${modelName}${adapter ? " with its adapter" : ""} into ONNX (${dtype}).`,
    );
    const { exportModel } = await import("../onnx/export_model.ts");
    const report = await exportModel({
      checkpoint: source.checkpoint,
      adapter,
      dtype,
      task,
      integerWeights,
      folder,
      digests: new Map([...digests.base, ...digests.adapter ?? []]),
      signal: options.signal,
      onProgress: (doneBytes, totalBytes) =>
        options.onProgress?.({ stage: "export", doneBytes, totalBytes }),
      onHash: (doneBytes, totalBytes) =>
        options.onProgress?.({ stage: "hash", doneBytes, totalBytes }),
    });
    for (const warning of report.warnings) {
      if (!adapter?.warnings.includes(warning)) options.onWarning?.(warning);
    }
  };
  const exporter = exporterOf({
    exporter_version: EXPORTER_VERSION,
    dtype,
    integer_weights: integerWeights,
  });
  const common = {
    dtype,
    exporter,
    modelDigest: digestOf(digests.base),
    ...(digests.adapter === undefined ? {} : { adapterDigest: digestOf(digests.adapter) }),
    ...(revision === undefined ? {} : { revision }),
  };
  if (output !== undefined) {
    await makeFolder(output, make);
    return { ...common, folder: output, release: () => {} };
  }
  const key = {
    name: modelName,
    files: byName(digests.base),
    ...(digests.adapter === undefined
      ? {}
      : { adapter: { name: loraPath!, files: byName(digests.adapter) } }),
    dtype,
    exporterVersion: isEmbedding(source.wanted) ? `${exporter}-embedding` : exporter,
  };
  const { signal, environment, onNote } = options;
  const held = await withExport(key, make, { signal, environment, onWait: onNote });
  return { ...common, folder: held.folder, release: () => held.release() };
}

function downloading({ signal, onWarning, onProgress }: PrepareOptions) {
  return {
    signal,
    onWarning,
    onProgress: ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) =>
      onProgress?.({ stage: "download", doneBytes, totalBytes }),
  };
}

function digest(
  paths: readonly string[],
  { signal, environment, onProgress }: PrepareOptions,
): Promise<Map<string, string>> {
  return digestFiles(paths, {
    signal,
    environment,
    onProgress: ({ doneBytes, totalBytes }) =>
      onProgress?.({ stage: "digest", doneBytes, totalBytes }),
  });
}

/** How this machine wants the integers of q8. */
export function integerWeightsHere(): IntegerWeights {
  try {
    return preferredIntegerWeights(SYSTEM_FILES.readText("/proc/cpuinfo"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    // Unknown: the form that is right everywhere.
    return preferredIntegerWeights(undefined);
  }
}

/** Paths of the files beside the weights that are there. */
export async function companionPaths(folder: string, task?: ExportTask): Promise<string[]> {
  const paths: string[] = [];
  for (const name of isEmbedding({ task }) ? [...SMALL_FILES, ...SENTENCE_FILES] : SMALL_FILES) {
    const path = join(folder, name);
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) paths.push(path);
  }
  return paths;
}

async function onnxFiles(folder: string, dtype: ExportDtype): Promise<string[]> {
  const file = modelFileName(dtype);
  const paths = await companionPaths(folder);
  const names = [file, ...await dataFilesIn(folder, file)];
  return [...paths, ...names.map((name) => join(folder, "onnx", name))];
}

function byName(digests: Digests): Record<string, string> {
  return Object.fromEntries([...digests].map(([path, digest]) => [nameOf(path), digest]));
}

/** The file's name in its model's folder; one of them lies a folder deeper. */
function nameOf(path: string): string {
  const name = basename(path);
  const deeper = `${basename(dirname(path))}/${name}`;
  return SENTENCE_FILES.some((one) => one === deeper) ? deeper : name;
}

function isEmbedding({ task }: Pick<ModelWanted, "task">): boolean {
  return task === "feature-extraction";
}

/** One digest that changes with any of the files. */
function digestOf(digests: Digests): string {
  const sorted = Object.entries(byName(digests)).sort(([a], [b]) => a < b ? -1 : 1);
  const hash = createHash("sha256");
  for (const [name, digest] of sorted) hash.update(`${name}\0${digest}\n`);
  return `sha256:${hash.digest("hex")}`;
}
