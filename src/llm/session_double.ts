/** For tests: a decoder without weights. Its cache holds the tokens themselves. */
import { Tensor } from "onnxruntime-common";
import type { RuntimeSession, TensorData, TensorType } from "../runtime/runtime_session.ts";
import type { CacheShape } from "./causal_model.ts";

/** What the double's cache looks like. */
export const DOUBLE_SHAPE: CacheShape = { layers: 1, kvHeads: 1, headDim: 1 };

const KEY = "past_key_values.0.key";
const VALUE = "past_key_values.0.value";

/** What a session double does. */
export interface SessionDoubleOptions {
  /** Logits of the token after these, of one row. */
  readonly logits: (ids: readonly number[]) => Float32Array;
  /** The cache stays "on the device": its values can't be read, and must be freed. */
  readonly keepsCacheOnDevice?: boolean;
  /** Called before every run with the number of tokens that are read. */
  readonly onRun?: (tokens: number) => void | Promise<void>;
}

/** Runs a function of all tokens so far in place of a graph, and counts. */
export class SessionDouble implements RuntimeSession {
  readonly device = "cpu";
  readonly versions = { double: "1" };
  readonly inputNames = ["input_ids", "attention_mask", KEY, VALUE, "num_logits_to_keep"];
  readonly keepsCacheOnDevice: boolean;
  readonly fillsGivenOutputs = false;
  /** Tokens read by each run, padding included. */
  readonly runs: number[] = [];
  /** Device tensors that were made and not freed. */
  readonly held = new Set<Tensor>();
  closed = 0;
  readonly #values = new WeakMap<Tensor, Float32Array>();

  constructor(readonly options: SessionDoubleOptions) {
    this.keepsCacheOnDevice = options.keepsCacheOnDevice ?? false;
  }

  /** All tokens read. */
  get tokensRead(): number {
    return this.runs.reduce((sum, count) => sum + count, 0);
  }

  tensor(type: TensorType, data: TensorData, dims: readonly number[]): Tensor {
    return new Tensor(type, data, dims);
  }

  inputType(name: string): TensorType {
    return name.startsWith("past_") ? "float32" : "int64";
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const ids = feeds.input_ids!;
    const mask = feeds.attention_mask!;
    const [rows, width] = ids.dims as [number, number];
    await this.options.onRun?.(rows * width);
    this.runs.push(rows * width);
    const total = mask.dims[1]!;
    const past = this.#read(feeds[KEY]!);
    const pastLength = feeds[KEY]!.dims[2]!;
    if (pastLength + width !== total) throw new Error(`${pastLength} + ${width} is not ${total}`);
    const present = new Float32Array(rows * total);
    const logits: Float32Array[] = [];
    for (let row = 0; row < rows; row++) {
      present.set(past.subarray(row * pastLength, (row + 1) * pastLength), row * total);
      const maskRow = (mask.data as BigInt64Array).subarray(row * total, (row + 1) * total);
      const real = maskRow.reduce((sum, one) => sum + Number(one), 0);
      const first = pastLength === 0 ? 0 : real - width;
      for (let j = 0; j < width; j++) {
        if (first + j < real) {
          present[row * total + first + j] = Number((ids.data as BigInt64Array)[row * width + j]);
        }
      }
      logits.push(this.options.logits([...present.subarray(row * total, row * total + real)]));
    }
    const size = logits[0]!.length;
    const all = new Float32Array(rows * size);
    logits.forEach((one, row) => all.set(one, row * size));
    const dims = [rows, 1, total, 1];
    return {
      logits: new Tensor("float32", all, [rows, 1, size]),
      "present.0.key": this.#cache(present, dims),
      "present.0.value": this.#cache(present.slice(), dims),
    };
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }

  #cache(values: Float32Array, dims: readonly number[]): Tensor {
    if (!this.keepsCacheOnDevice) return new Tensor("float32", values, dims);
    const tensor: Tensor = Object.assign(Object.create(null), {
      type: "float32",
      dims,
      location: "gpu-buffer",
      dispose: () => {
        if (!this.held.delete(tensor)) throw new Error("A tensor was freed twice.");
      },
    });
    this.#values.set(tensor, values);
    this.held.add(tensor);
    return tensor;
  }

  #read(tensor: Tensor): Float32Array {
    const values = this.#values.get(tensor);
    if (values === undefined) return tensor.data as Float32Array;
    if (!this.held.has(tensor)) throw new Error("A tensor was used after it was freed.");
    return values;
  }
}
