import process from "node:process";
import { type InferenceSession, Tensor } from "onnxruntime-common";
import type { CudaRuntime } from "../device/find_cuda_runtime.ts";
import { preloadCuda } from "../device/preload_cuda.ts";
import { type NativeBinding, openBindingSession } from "./native_binding.ts";
import type {
  RuntimeSession,
  SessionModel,
  SessionOptions,
  TensorType,
} from "./runtime_session.ts";

/** Only errors: the runtime's warnings are about graphs that others wrote. */
const LOG_ERRORS = 3;

/**
 * Loads a graph with the ONNX Runtime of npm's `onnxruntime-node`, on the processor. Its weights are
 * mapped from the data files.
 * @throws {Error} in the runtime's words.
 */
export async function openCpuSession(
  model: SessionModel,
  { threads = navigator.hardwareConcurrency }: SessionOptions = {},
): Promise<RuntimeSession> {
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(model.graph as string, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    logSeverityLevel: LOG_ERRORS,
  });
  return wrap(session, "cpu", ort.env.versions.node ?? "");
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
    logSeverityLevel: LOG_ERRORS,
  });
  return wrap(session, "cuda", runtime.version);
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
  "inputNames" | "inputMetadata" | "run" | "release"
>;

function wrap(session: AnySession, device: "cpu" | "cuda", version: string): RuntimeSession {
  let isOpen = true;
  return {
    device,
    versions: { "onnxruntime-node": version },
    inputNames: session.inputNames,
    keepsCacheOnDevice: false,
    tensor: (type, data, dims) => new Tensor(type, data, dims),
    inputType: (name) => inputType(session.inputMetadata, name),
    run: (feeds) =>
      session.run(
        Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, asBits(tensor)])),
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
