import { InferenceSession, Tensor } from "onnxruntime-common";

/** What the native module of `onnxruntime-node` 1.30 exports, as its own JavaScript uses it. */
export interface NativeBinding {
  readonly InferenceSession: new () => NativeInferenceSession;
  initOrtOnce(logLevel: number, tensor: typeof Tensor, isMainThread: boolean): void;
}

interface NativeInferenceSession {
  loadModel(path: string, options: InferenceSession.SessionOptions): void;
  loadModel(
    buffer: ArrayBufferLike,
    byteOffset: number,
    byteLength: number,
    options: InferenceSession.SessionOptions,
  ): void;
  readonly inputMetadata: readonly NativeValue[];
  readonly outputMetadata: readonly NativeValue[];
  run(
    feeds: Record<string, Tensor>,
    fetches: Record<string, Tensor | null>,
    options: InferenceSession.RunOptions,
  ): Record<string, Tensor>;
  dispose(): void;
}

interface NativeValue {
  readonly name: string;
  readonly isTensor: boolean;
  /** Number of the element type in onnx.proto. */
  readonly type: number;
  /** -1 where the size is symbolic. */
  readonly shape: readonly number[];
  readonly symbolicDimensions: readonly string[];
}

const TYPE_NAMES: Readonly<Record<number, Tensor.Type>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
};

/** The log level of warnings. */
const WARNINGS = 2;

/**
 * Loads a graph through a native module that lies anywhere on disk. npm's own JavaScript loads only
 * the module inside its package, which has no CUDA provider beside it.
 */
export function openBindingSession(
  binding: NativeBinding,
  graph: string | Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<
  Pick<InferenceSession, "inputNames" | "outputNames" | "inputMetadata" | "run" | "release">
> {
  binding.initOrtOnce(WARNINGS, Tensor, false);
  const session = new binding.InferenceSession();
  if (typeof graph === "string") session.loadModel(graph, options);
  else session.loadModel(graph.buffer, graph.byteOffset, graph.byteLength, options);
  const outputs = session.outputMetadata.map(({ name }) => name);
  const allOutputs = Object.fromEntries(outputs.map((name) => [name, null]));
  return Promise.resolve({
    inputNames: session.inputMetadata.map(({ name }) => name),
    outputNames: outputs,
    inputMetadata: session.inputMetadata.map(describe),
    // deno-lint-ignore require-await -- what it throws becomes a rejection
    async run(feeds: unknown, fetches: unknown = allOutputs) {
      return session.run(
        feeds as Record<string, Tensor>,
        fetches as Record<string, Tensor | null>,
        {},
      );
    },
    release() {
      session.dispose();
      return Promise.resolve();
    },
  } as Pick<InferenceSession, "inputNames" | "outputNames" | "inputMetadata" | "run" | "release">);
}

function describe(value: NativeValue): InferenceSession.ValueMetadata {
  if (!value.isTensor) return { name: value.name, isTensor: false };
  return {
    name: value.name,
    isTensor: true,
    type: TYPE_NAMES[value.type] ?? "string",
    shape: value.shape.map((dim, axis) => dim === -1 ? value.symbolicDimensions[axis]! : dim),
  };
}
