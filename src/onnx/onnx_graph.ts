import onnxProto from "onnx-proto";

const { onnx } = onnxProto;

/** Element types used here, with their numbers in onnx.proto. */
export const ONNX_TYPE = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
} as const;
/** One of the {@linkcode ONNX_TYPE}s. */
export type OnnxType = keyof typeof ONNX_TYPE;

/** Bytes of one element. */
export const ONNX_BYTES: Readonly<Record<OnnxType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  float16: 2,
};

/** Where an initialiser's values lie outside the graph's own file. */
export interface ExternalData {
  /** File name beside the graph. */
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A dimension: a size, or the name of one that is known at run time only. */
export type Dimension = number | string;
/** Whole numbers become INT, fractions given as `{ float }` FLOAT, texts STRING. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

/** ONNX Runtime's own operators. */
export const MICROSOFT = "com.microsoft";

const IR_VERSION = 10;
const OPSET = 21;

/** Collects nodes and values and writes them as an ONNX model. Specification: onnx.proto. */
export class OnnxGraph {
  readonly #nodes: object[] = [];
  readonly #initialisers = new Map<string, object>();
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];

  /** Declares an input of the graph. @returns its name. */
  input(name: string, type: OnnxType, dims: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Declares an output of the graph; a node must give it. */
  output(name: string, type: OnnxType, dims: readonly Dimension[]): void {
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /**
   * Adds an operator.
   * @param inputs names; an empty one leaves an optional input out.
   * @returns the name of its first output.
   */
  node(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = "",
  ): string {
    const name = outputs.find((output) => output !== "")!;
    this.#nodes.push({
      opType,
      domain,
      name: `${name}/${opType}`,
      input: [...inputs],
      output: [...outputs],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    return name;
  }

  /** Adds a small constant, kept in the graph's own file. @returns its name. */
  constant(
    name: string,
    type: OnnxType,
    dims: readonly number[],
    values: readonly number[] | Float32Array,
  ): string {
    this.#initialisers.set(name, {
      name,
      dims: [...dims],
      dataType: ONNX_TYPE[type],
      rawData: rawBytes(type, values),
    });
    return name;
  }

  /** Adds a constant whose values stand in another file. @returns its name. */
  external(name: string, type: OnnxType, dims: readonly number[], at: ExternalData): string {
    this.#initialisers.set(name, {
      name,
      dims: [...dims],
      dataType: ONNX_TYPE[type],
      dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
      externalData: [
        { key: "location", value: at.file },
        { key: "offset", value: String(at.offset) },
        { key: "length", value: String(at.sizeBytes) },
      ],
    });
    return name;
  }

  /** The model as bytes of an `.onnx` file. */
  encode(producer: { readonly name: string; readonly version: string }): Uint8Array {
    return onnx.ModelProto.encode({
      irVersion: IR_VERSION,
      producerName: producer.name,
      producerVersion: producer.version,
      opsetImport: [{ domain: "", version: OPSET }, { domain: MICROSOFT, version: 1 }],
      graph: {
        name: "model",
        node: this.#nodes,
        initializer: [...this.#initialisers.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    }).finish();
  }
}

function attribute(name: string, value: AttributeValue): object {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string") {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function valueInfo(name: string, type: OnnxType, dims: readonly Dimension[]): object {
  return {
    name,
    type: {
      tensorType: {
        elemType: ONNX_TYPE[type],
        shape: {
          dim: dims.map((dim) => typeof dim === "number" ? { dimValue: dim } : { dimParam: dim }),
        },
      },
    },
  };
}

function rawBytes(type: OnnxType, values: readonly number[] | Float32Array): Uint8Array {
  const typed = type === "float32"
    ? Float32Array.from(values)
    : type === "float16"
    ? Float16Array.from(values)
    : type === "int64"
    ? BigInt64Array.from(values as readonly number[], BigInt)
    : type === "int32"
    ? Int32Array.from(values)
    : Uint8Array.from(values);
  return new Uint8Array(typed.buffer);
}
