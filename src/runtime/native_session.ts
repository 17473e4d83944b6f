import { dirname, join } from "node:path";
import process from "node:process";
import { type InferenceSession, Tensor } from "onnxruntime-common";
import type { CudaRuntime } from "../device/find_cuda_runtime.ts";
import { MappedPages } from "../device/mapped_pages.ts";
import { preloadCuda } from "../device/preload_cuda.ts";
import { refuseTelemetry } from "../settings/refuse_telemetry.ts";
import { type NativeBinding, openBindingSession } from "./native_binding.ts";
import type {
  RuntimeSession,
  SessionModel,
  SessionOptions,
  TensorType,
} from "./runtime_session.ts";

/**
 * Only what ends the process: errors are thrown as well, the warnings are about graphs that others
 * wrote, and a run that a signal cuts off while its thread ends would be written to the terminal.
 */
const LOG_FATAL = 4;
/** What is wanted again after it was forgotten costs a page fault. */
const RUNS_BETWEEN_FORGETTING = 16;

/**
 * Loads a graph with the ONNX Runtime of npm's `onnxruntime-node`, on the processor. Its weights are
 * mapped from the data files.
 * @throws {Error} in the runtime's words.
 */
export async function openCpuSession(
  model: SessionModel,
  { threads = navigator.hardwareConcurrency }: SessionOptions = {},
): Promise<RuntimeSession> {
  refuseTelemetry();
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(model.graph as string, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    logSeverityLevel: LOG_FATAL,
  });
  const pages = new MappedPages(await dataPaths(model));
  pages.forget();
  let runs = 0;
  const wrapped = wrap(session, "cpu", ort.env.versions.node ?? "", ort.Tensor);
  return {
    ...wrapped,
    async run(feeds, given) {
      const outputs = await wrapped.run(feeds, given);
      // The rows of the embedding that were read, and what the kernel fetched around them.
      if (++runs % RUNS_BETWEEN_FORGETTING === 0) pages.forget();
      return outputs;
    },
    close() {
      pages.close();
      return wrapped.close();
    },
  };
}

/** The data files' own paths, as the kernel knows them. */
async function dataPaths({ graph, dataFiles }: SessionModel): Promise<string[]> {
  if (typeof graph !== "string") return [];
  return await Promise.all(dataFiles.map((name) => Deno.realPath(join(dirname(graph), name))));
}

/**
 * Loads a graph with the CUDA runtime that `houqa setup cuda` has put on disk.
 * @throws {CannotContinueError} when a library can't be loaded.
 * @throws {Error} in the runtime's words, e.g. when the graph does not fit in the GPU's memory.
 */
export async function openCudaSession(
  model: SessionModel,
  runtime: CudaRuntime,
): Promise<RuntimeSession> {
  preloadCuda(runtime);
  const session = await openBindingSession(loadBinding(runtime.bindingPath), model.graph, {
    executionProviders: [{ name: "cuda", deviceId: 0 }],
    logSeverityLevel: LOG_FATAL,
  });
  return wrap(session, "cuda", runtime.version, Tensor);
}

/** Modules that this thread has loaded: loading one twice ends the process. */
const bindings = new Map<string, NativeBinding>();

/**
 * Loads ONNX Runtime's native module from a path, once a thread.
 * @throws {Error} in the loader's words.
 */
export function loadBinding(path: string): NativeBinding {
  let binding = bindings.get(path);
  if (binding === undefined) {
    refuseTelemetry();
    const module: { exports: unknown } = { exports: {} };
    // Typed in Node.js only.
    (process as unknown as { dlopen(module: unknown, path: string): void }).dlopen(module, path);
    binding = module.exports as NativeBinding;
    bindings.set(path, binding);
  }
  return binding;
}

type AnySession = Pick<
  InferenceSession,
  "inputNames" | "outputNames" | "inputMetadata" | "run" | "release"
>;

/** @param TensorClass the package's own class: as an output it does not know another copy's. */
function wrap(
  session: AnySession,
  device: "cpu" | "cuda",
  version: string,
  TensorClass: typeof Tensor,
): RuntimeSession {
  let isOpen = true;
  const allOutputs = Object.fromEntries(session.outputNames.map((name) => [name, null]));
  return {
    device,
    versions: { "onnxruntime-node": version },
    inputNames: session.inputNames,
    keepsCacheOnDevice: false,
    // Elsewhere than on the processor both would be copied to the device.
    fillsGivenOutputs: device === "cpu",
    tensor: (type, data, dims) => new TensorClass(type, data, dims),
    inputType: (name) => inputType(session.inputMetadata, name),
    run: (feeds, given = {}) =>
      session.run(
        Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, asBits(tensor)])),
        { ...allOutputs, ...given },
      ) as Promise<Record<string, Tensor>>,
    async close() {
      if (isOpen) await session.release();
      isOpen = false;
    },
  };
}

/** Deno's Node-API does not know Float16Array: the native module would see no values in it. */
function asBits(tensor: Tensor): Tensor {
  if (tensor.type !== "float16") return tensor;
  const { buffer, byteOffset, length } = tensor.data as Uint16Array;
  return Object.create(tensor, { data: { value: new Uint16Array(buffer, byteOffset, length) } });
}

/** Element type of an input by the graph's own declaration. */
export function inputType(
  metadata: InferenceSession["inputMetadata"],
  name: string,
): TensorType {
  const found = metadata.find((one) => one.name === name);
  if (!found?.isTensor) throw new Error(`The graph has no input ${name}.`);
  return found.type as TensorType;
}
