import type { Tensor } from "onnxruntime-common";
import type { DeviceName } from "./device.ts";

/** Element types of a decoder's inputs and outputs. */
export type TensorType = "float32" | "float16" | "int64";
/** Their values. */
export type TensorData = Float32Array | Uint16Array | BigInt64Array;

/** A loaded graph on one device: the seam between the model and the runtimes of ONNX. */
export interface RuntimeSession {
  readonly device: DeviceName;
  /** Name of the accelerator, where the runtime tells it. */
  readonly deviceName?: string;
  /** The runtime's version, by its package name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly inputNames: readonly string[];
  /** True where the key-value cache stays on the device and its parts can't be read here. */
  readonly keepsCacheOnDevice: boolean;
  /** True where {@linkcode run} writes outputs into tensors that it is given. */
  readonly fillsGivenOutputs: boolean;
  /** Makes a tensor of this runtime; float16 values come as their bits. */
  tensor(type: TensorType, data: TensorData, dims: readonly number[]): Tensor;
  /** Element type of an input. */
  inputType(name: string): TensorType;
  /**
   * Runs the graph once. Blocks the thread, except on WebGPU.
   * @param given tensors that outputs of that name are written into, where the runtime can; they may
   * be inputs at the same time if the operators allow it.
   * @throws {Error} the runtime's own words, e.g. about memory.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    given?: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>>;
  /** Frees the graph. Safe to call twice. */
  close(): Promise<void>;
}

/** A graph. */
export interface SessionModel {
  /** Path of the `.onnx` file, or its contents where it has no data files. */
  readonly graph: string | Uint8Array;
  /** Data files beside it, by name. */
  readonly dataFiles: readonly string[];
  /** Outputs that make up the key-value cache. */
  readonly cacheOutputs: readonly string[];
}

/** How a graph is loaded. */
export interface SessionOptions {
  /** Threads for the arithmetic; default: the processor cores this process may use. */
  readonly threads?: number;
}
