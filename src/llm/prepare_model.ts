import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { digestFiles } from "../hub/digest_files.ts";
import { holdExport, withExport } from "../hub/export_cache.ts";
import { resolveAdapter } from "../hub/resolve_adapter.ts";
import { resolveModel } from "../hub/resolve_model.ts";
import { openCheckpoint } from "../onnx/checkpoint.ts";
import { type ExportDtype, modelFileName } from "../onnx/export_dtype.ts";
import { exportModel } from "../onnx/export_model.ts";
import { EXPORTER_VERSION } from "../onnx/export_report.ts";
import { type IntegerWeights, preferredIntegerWeights } from "../onnx/integer_weights.ts";
import { COMPANION_FILES } from "../onnx/model_files.ts";
import { openLoraAdapter } from "../onnx/open_lora_adapter.ts";

/** Which model in which form. */
export interface ModelWanted {
  /** A folder, or `Org/Name[@revision]`. */
  readonly modelName: string;
  /** A PEFT folder, or `Org/Name[@revision]`. */
  readonly loraPath?: string;
  readonly dtype: ExportDtype;
}

/** A stage of the preparation that takes time; bytes where they can be counted. */
export interface PrepareProgress {
  readonly stage: "download" | "digest" | "export";
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
}

/** An ONNX folder that stays where it is until it is let go. */
export interface PreparedModel {
  readonly folder: string;
  readonly dtype: ExportDtype;
  /** "sha256:…" over every file of the model that the answers depend on. */
  readonly modelDigest: string;
  readonly adapterDigest?: string;
  /** The hub's commit. */
  readonly revision?: string;
  /** Lets the folder go. Safe to call twice. */
  release(): void;
}

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
  const { signal, onNote, onProgress, onWarning } = options;
  const { dtype } = wanted;
  const resolving = {
    signal,
    onWarning,
    onProgress: ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) =>
      onProgress?.({ stage: "download", doneBytes, totalBytes }),
  };
  const model = await resolveModel(wanted.modelName, {
    ...resolving,
    hasAdapter: wanted.loraPath !== undefined,
    onnxFile: `onnx/${modelFileName(dtype)}`,
  });
  const revision = model.revision === undefined ? {} : { revision: model.revision };
  const digest = (paths: readonly string[]) =>
    digestFiles(paths, {
      signal,
      onProgress: ({ doneBytes, totalBytes }) =>
        onProgress?.({ stage: "digest", doneBytes, totalBytes }),
    });
  if (model.kind === "onnx") {
    const digests = await digest(await onnxFiles(model.folder, dtype));
    const release = await holdExport(model.folder);
    return {
      folder: model.folder,
      dtype,
      modelDigest: digestOf(byName(digests)),
      ...revision,
      release,
    };
  }
  const adapterFolder = wanted.loraPath === undefined
    ? undefined
    : (await resolveAdapter(wanted.loraPath, resolving)).folder;
  const checkpoint = await openCheckpoint(model.folder);
  const adapter = adapterFolder === undefined
    ? undefined
    : await openLoraAdapter(adapterFolder, checkpoint);
  for (const warning of adapter?.warnings ?? []) onWarning?.(warning);
  const base = await digest([
    ...checkpoint.weightFiles,
    ...await companionPaths(model.folder),
  ]);
  const lora = adapter && await digest(adapter.files);
  const integerWeights = integerWeightsHere();
  const key = {
    name: wanted.modelName,
    files: byName(base),
    ...(lora === undefined ? {} : { adapter: { name: wanted.loraPath!, files: byName(lora) } }),
    dtype,
    exporterVersion: `${EXPORTER_VERSION}${dtype === "q8" ? `-${integerWeights}` : ""}`,
  };
  const held = await withExport(key, async (folder) => {
    onNote?.(`Turning ${wanted.modelName}${lora ? " with its adapter" : ""} into ONNX (${dtype}).`);
    const report = await exportModel({
      checkpoint,
      adapter,
      dtype,
      integerWeights,
      folder,
      digests: Promise.resolve(new Map([...base, ...lora ?? []])),
      signal,
      onProgress: (doneBytes, totalBytes) =>
        onProgress?.({ stage: "export", doneBytes, totalBytes }),
    });
    for (const warning of report.warnings) {
      if (!adapter?.warnings.includes(warning)) onWarning?.(warning);
    }
  }, { signal, onWait: onNote });
  return {
    folder: held.folder,
    dtype,
    modelDigest: digestOf(byName(base)),
    ...(lora === undefined ? {} : { adapterDigest: digestOf(byName(lora)) }),
    ...revision,
    release: () => held.release(),
  };
}

/** How this machine wants the integers of q8. */
export function integerWeightsHere(): IntegerWeights {
  let cpuInfo: string | undefined;
  try {
    cpuInfo = Deno.readTextFileSync("/proc/cpuinfo");
  } catch {
    // Not Linux, or not readable: the form that is right everywhere.
  }
  return preferredIntegerWeights(cpuInfo);
}

/** Paths of the files beside the weights that are there. */
export async function companionPaths(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of COMPANION_FILES) {
    const path = join(folder, name);
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) paths.push(path);
  }
  return paths;
}

async function onnxFiles(folder: string, dtype: ExportDtype): Promise<string[]> {
  const file = modelFileName(dtype);
  const paths = await companionPaths(folder);
  for await (const { name } of Deno.readDir(join(folder, "onnx"))) {
    if (name === file || name.startsWith(`${file}_data`)) paths.push(join(folder, "onnx", name));
  }
  return paths;
}

function byName(digests: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...digests].map(([path, digest]) => [basename(path), digest]));
}

/** One digest that changes with any of the files. */
function digestOf(files: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1);
  const hash = createHash("sha256");
  for (const [name, digest] of sorted) hash.update(`${name}\0${digest}\n`);
  return `sha256:${hash.digest("hex")}`;
}
