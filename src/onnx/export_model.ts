import { basename, dirname, join } from "node:path";
import { writeAll } from "../eval/write_atomically.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { needsRoom, systemReason } from "../settings/system_reason.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { computeType, type ExportDtype, modelFileName } from "./export_dtype.ts";
import {
  addStatistics,
  EXPORTER_VERSION,
  type ExportReport,
  reportTensor,
  type TensorSums,
  totalsOf,
} from "./export_report.ts";
import { exportSlices } from "./export_slices.ts";
import type { ExportTask } from "./export_task.ts";
import type { IntegerWeights } from "./integer_weights.ts";
import type { LoraAdapter } from "./lora_adapter.ts";
import { hasOwnHead, tensorSource } from "./merged_source.ts";
import { companionFiles } from "./model_files.ts";
import { type HashOptions, hashOutputs } from "./output_digests.ts";
import { buildQwenGraph } from "./qwen_graph.ts";
import { rotaryTables } from "./rotary_tables.ts";
import { STORED_BYTES } from "./tensor_source.ts";
import { SLICE_ELEMENTS, type SliceStatistics, type WeightSlice } from "./weight_exporter.ts";
import {
  EMBEDDING,
  type PlannedValues,
  type PlannedWeight,
  planWeights,
  TIED_HEAD,
  type WeightPlan,
} from "./weight_plan.ts";

/** What is exported and how. */
export interface ExportOptions {
  readonly checkpoint: Checkpoint;
  readonly adapter?: LoraAdapter;
  readonly dtype: ExportDtype;
  /** Default: text-generation. For feature-extraction the checkpoint is opened for it too. */
  readonly task?: ExportTask;
  /** Existing, empty folder that receives everything. */
  readonly folder: string;
  /** For q8: how the machine that runs the model wants its integers. */
  readonly integerWeights: IntegerWeights;
  /** SHA-256 (hex) of the input files by path. */
  readonly digests: ReadonlyMap<string, string>;
  /** Threads; 0 = none beside this one. Default: as many as help. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Called after every slice, in bytes of the checkpoint. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Called while what was written is hashed. */
  readonly onHash?: HashOptions["onHash"];
}

/** Memory bounds the number of workers: each holds a slice several times over. */
const MAX_WORKERS = 6;
/** Below this, starting workers takes longer than the work. */
const SMALL_BYTES = 64e6;

/**
 * Turns a checkpoint, with an adapter merged into it or not, into a folder that transformers.js and
 * ONNX Runtime load: tokenizer and configuration, `onnx/model….onnx` with its data files, and
 * `export.json`. Works through the weights in slices of rows, so that memory stays small whatever
 * the model's size.
 * @returns what stands in `export.json`.
 * @throws {UsageError} when the weights hold NaN, infinities, or values the type can't hold, or the
 * adapter changes nothing.
 * @throws {CannotContinueError} when a file can't be read or written.
 * @throws {DOMException} `AbortError` when the signal fired.
 */
export async function exportModel(options: ExportOptions): Promise<ExportReport> {
  const { checkpoint, adapter, dtype, folder, task = "text-generation" } = options;
  const { config } = checkpoint;
  const isOwnHead = hasOwnHead(checkpoint, adapter);
  const plan = planWeights(config, dtype, {
    hasOwnHead: isOwnHead,
    hasHead: task === "text-generation",
    integerWeights: options.integerWeights,
  });
  const companions = await companionFiles(checkpoint.folder, config.raw, {
    dtype,
    dataFileCount: plan.files.length,
    tied: !isOwnHead,
    task,
  });
  const onnxFolder = join(folder, "onnx");
  const slices = [...plan.weights.values()].flat()
    .flatMap((weight) => slicesOf(weight, checkpoint, adapter));
  const statistics = new Map<WeightSlice, SliceStatistics>();
  let outputs: ExportReport["outputs"];
  try {
    await Deno.mkdir(onnxFolder);
    for (const [name, text] of companions) {
      await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    await makeDataFiles(plan, onnxFolder);
    await writeRotaryTables(plan, options);
    await exportSlices(slices, {
      folder: onnxFolder,
      dtype,
      workers: options.workers ?? chooseWorkers(slices),
      signal: options.signal,
      onSlice: countProgress(slices, statistics, options.onProgress),
    });
    const graph = buildQwenGraph(config, dtype, plan, task);
    const bytes = graph.encode({ name: "houqa", version: HOUQA_VERSION });
    await Deno.writeFile(join(onnxFolder, modelFileName(dtype)), bytes);
    const onnxFiles = [...plan.files.map(({ name }) => name), modelFileName(dtype)];
    // Workers write a file's slices in any order, so that its digest can only be taken now.
    outputs = await hashOutputs(
      folder,
      [...companions.keys(), ...onnxFiles.map((name) => `onnx/${name}`)],
      options,
    );
  } catch (error) {
    if (error instanceof DOMException || error instanceof UsageError) throw error;
    throw new CannotContinueError(whyStopped(error, folder, plan), { cause: error });
  }
  const tensors = sumByTensor(slices, statistics);
  refuseBadValues(tensors, dtype);
  const report = reportOf(options, tensors, outputs);
  await Deno.writeTextFile(join(folder, "export.json"), JSON.stringify(report, null, 2) + "\n");
  return report;
}

function slicesOf(
  weight: PlannedWeight,
  checkpoint: Checkpoint,
  adapter: LoraAdapter | undefined,
): WeightSlice[] {
  const name = weight.source === TIED_HEAD ? EMBEDDING : weight.source;
  const source = tensorSource(name, checkpoint, adapter);
  const lora = adapter?.modules.get(name.replace(/\.weight$/, ""));
  const rowsAtOnce = Math.max(1, Math.floor(SLICE_ELEMENTS / weight.columns));
  return Array.from({ length: Math.ceil(weight.rows / rowsAtOnce) }, (_, index) => {
    const first = index * rowsAtOnce;
    const count = Math.min(rowsAtOnce, weight.rows - first);
    return { weight, source, lora, first, count };
  });
}

function sliceBytes({ weight, source, count }: WeightSlice): number {
  return count * weight.columns * STORED_BYTES[source.dtype];
}

function chooseWorkers(slices: readonly WeightSlice[]): number {
  const bytes = slices.reduce((sum, slice) => sum + sliceBytes(slice), 0);
  return bytes < SMALL_BYTES ? 0 : Math.min(MAX_WORKERS, navigator.hardwareConcurrency);
}

function countProgress(
  slices: readonly WeightSlice[],
  found: Map<WeightSlice, SliceStatistics>,
  onProgress: ExportOptions["onProgress"],
): Parameters<typeof exportSlices>[1]["onSlice"] {
  const total = slices.reduce((sum, slice) => sum + sliceBytes(slice), 0);
  let done = 0;
  return (slice, statistics) => {
    found.set(slice, statistics);
    done += sliceBytes(slice);
    onProgress?.(done, total);
  };
}

/** In the order of the plan, whatever the order in which workers finished. */
function sumByTensor(
  slices: readonly WeightSlice[],
  found: ReadonlyMap<WeightSlice, SliceStatistics>,
): TensorSums[] {
  const sums = new Map<string, TensorSums>();
  for (const slice of slices) {
    const { source: name, layout } = slice.weight;
    const statistics = found.get(slice)!;
    const known = sums.get(name);
    sums.set(
      name,
      known === undefined
        ? { name, layout, isChanged: slice.lora !== undefined, ...statistics }
        : addStatistics(known, statistics),
    );
  }
  return [...sums.values()];
}

async function makeDataFiles(plan: WeightPlan, folder: string): Promise<void> {
  for (const { name, sizeBytes } of plan.files) {
    using file = await Deno.open(join(folder, name), { write: true, createNew: true });
    await file.truncate(sizeBytes);
  }
}

async function writeRotaryTables(
  { rotary }: WeightPlan,
  { checkpoint, dtype, folder }: ExportOptions,
): Promise<void> {
  const { cos, sin } = rotaryTables(checkpoint.config);
  const isHalf = computeType(dtype) === "float16";
  const write = async ({ at }: PlannedValues, values: Float32Array) => {
    using file = await Deno.open(join(folder, "onnx", at.file), { write: true });
    await file.seek(at.offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array((isHalf ? Float16Array.from(values) : values).buffer);
    await writeAll(file, bytes);
  };
  await write(rotary.cos, cos);
  await write(rotary.sin, sin);
}

/** The folder is a temporary one: the one above it is what the user knows. */
function whyStopped(error: unknown, folder: string, { files }: WeightPlan): string {
  if (!needsRoom(error)) return `The export stopped: ${systemReason(error)}`;
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `Can't write the export in ${dirname(folder)}: ${systemReason(error)}. It takes ` +
    `${(bytes / 1e9).toPrecision(2)} GB. Make room (houqa cache prune), or name another folder ` +
    "(--output, HOUQA_CACHE).";
}

function refuseBadValues(tensors: readonly TensorSums[], dtype: ExportDtype): void {
  const broken = tensors.find((one) => one.notFinite > 0);
  if (broken !== undefined) {
    throw new UsageError(
      `${broken.name} has ${broken.notFinite} values that are NaN or infinite: the weights or the ` +
        "adapter are damaged (a training that diverged does that).",
    );
  }
  const tooLarge = tensors.find((one) => one.overflows > 0);
  if (tooLarge !== undefined) {
    throw new UsageError(
      `${tooLarge.name} has ${tooLarge.overflows} values beyond ±65504, which ${dtype} can't hold. ` +
        "Use precision q4, q8 or fp32.",
    );
  }
  if (tensors.some((one) => one.isChanged) && tensors.every((one) => one.changeSquared === 0)) {
    throw new UsageError("The adapter has no effect: every change it makes is zero.");
  }
}

function reportOf(
  { checkpoint, adapter, dtype, digests, integerWeights }: ExportOptions,
  tensors: readonly TensorSums[],
  outputs: ExportReport["outputs"],
): ExportReport {
  const totals = totalsOf(tensors);
  const inputs = (folder: string) => ({
    folder: basename(folder),
    files: Object.fromEntries(
      [...digests].filter(([path]) => join(folder, basename(path)) === path)
        .map(([path, digest]) => [basename(path), digest]),
    ),
  });
  return {
    exporter_version: EXPORTER_VERSION,
    houqa_version: HOUQA_VERSION,
    dtype,
    ...(dtype === "q8" ? { integer_weights: integerWeights } : {}),
    model_type: checkpoint.config.modelType,
    base: inputs(checkpoint.folder),
    ...(adapter === undefined
      ? {}
      : { adapter: { ...inputs(adapter.folder), config: adapter.config } }),
    totals,
    outputs,
    warnings: [...(adapter?.warnings ?? []), ...swallowedAdapter(totals, dtype)],
    tensors: tensors.map(reportTensor),
  };
}

/** A warning where rounding changes the weights more than the adapter does. */
function swallowedAdapter(totals: ExportReport["totals"], dtype: ExportDtype): string[] {
  const { adapter_change: change, rounding_error: error, norm } = totals;
  if (change === undefined || error < change) return [];
  const share = (value: number) => `${(100 * value / norm).toPrecision(2)} %`;
  return [
    `Rounding to ${dtype} changes the adapted weights by ${
      share(error)
    } of their norm, the adapter ` +
    `itself by ${share(change)}: what it learnt may be lost. Compare with fp16 or fp32 ` +
    "(houqa export --verify).",
  ];
}
