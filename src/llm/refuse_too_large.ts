import { dirname, join } from "node:path";
import type { readMemoryLimit } from "../device/read_memory_limit.ts";
import type { DeviceName } from "../runtime/device.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { ModelFolder } from "./model_folder.ts";

/** Sizes of a model's files. */
export interface ModelBytes {
  /** The `.onnx` file, with whatever weights stand in it. */
  readonly graphBytes: number;
  /** The data files beside it. */
  readonly dataBytes: number;
}

/** What a model takes of the host's memory at the worst moment. */
interface Cost {
  /** How many times the data files' bytes. */
  readonly data: number;
  /** How many times the graph file's bytes. */
  readonly graph: number;
  /** Beside them: runtime, tokenizer, activations. */
  readonly roomBytes: number;
}

/*
 * From peaks of memory measured with a model of 0.5B (q4, q4f16, q8 and fp32, and q4 with its weights
 * in the graph's own file):
 * - cpu maps the data files, or packs their values anew and lets the mapped pages go: once. A graph
 *   file is parsed, and the tensors are made from what was parsed: twice.
 * - wasm has the bytes as they were read, their copy in WebAssembly's memory, and the packed values
 *   before the first are let go: three times. A graph file is parsed there in addition.
 * - webgpu has the bytes as they were read and a copy on their way to the GPU: twice.
 * - cuda maps them too, and the driver takes its part of the host's memory whatever the model.
 */
const COSTS: Readonly<Record<DeviceName, Cost>> = {
  cuda: { data: 0, graph: 2, roomBytes: 1.5e9 },
  webgpu: { data: 2, graph: 4, roomBytes: 0.8e9 },
  cpu: { data: 1, graph: 2, roomBytes: 0.6e9 },
  wasm: { data: 3, graph: 4, roomBytes: 0.8e9 },
};
/** What a GPU that is the processor itself takes more: its memory, and its compiled shaders. */
const SOFTWARE_GPU: Cost = { data: 1, graph: 1, roomBytes: 0.6e9 };

/**
 * Memory of the host, in bytes, that loading a model and asking it takes at most.
 * @param isSoftware the GPU is the processor itself, so that its memory is the host's too.
 */
export function memoryNeeded(
  { graphBytes, dataBytes }: ModelBytes,
  device: DeviceName,
  isSoftware = false,
): number {
  const costs = isSoftware ? [COSTS[device], SOFTWARE_GPU] : [COSTS[device]];
  return costs.reduce(
    (sum, { data, graph, roomBytes }) => sum + data * dataBytes + graph * graphBytes + roomBytes,
    0,
  );
}

/**
 * Refuses a model that memory can't hold.
 * @throws {CannotContinueError} rather than being killed by the kernel halfway.
 */
export async function refuseTooLarge(
  model: Pick<ModelFolder, "modelPath" | "dataFiles">,
  { device, isSoftware }: { readonly device: DeviceName; readonly isSoftware?: boolean },
  readMemory: typeof readMemoryLimit,
): Promise<void> {
  const { availableBytes, limitBytes } = readMemory();
  if (availableBytes === undefined) return;
  const sizes = await sizesOf(model);
  const needed = memoryNeeded(sizes, device, isSoftware);
  if (needed <= availableBytes) return;
  const isWeb = device === "wasm" || device === "webgpu";
  const onCpu = memoryNeeded(sizes, "cpu");
  throw new CannotContinueError(
    `The model needs about ${gigabytes(needed)} of memory on ${device}; ` +
      `${gigabytes(availableBytes)} are free` +
      (limitBytes === undefined ? "" : ` (this container's limit is ${gigabytes(limitBytes)})`) +
      (isWeb && onCpu <= availableBytes
        ? `. Use --hf-device cpu, which needs ${gigabytes(onCpu)}, or a smaller --hf-dtype (q4).`
        : ". Use a smaller --hf-dtype (q4), or a GPU."),
  );
}

async function sizesOf(
  { modelPath, dataFiles }: Pick<ModelFolder, "modelPath" | "dataFiles">,
): Promise<ModelBytes> {
  let dataBytes = 0;
  for (const name of dataFiles) {
    dataBytes += (await Deno.stat(join(dirname(modelPath), name))).size;
  }
  return { graphBytes: (await Deno.stat(modelPath)).size, dataBytes };
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
