import type { Tensor } from "onnxruntime-common";
import type { RuntimeSession } from "../runtime/runtime_session.ts";
import { SharedCache, type SharedView } from "./shared_cache.ts";

/** Sizes of a decoder's key-value cache. */
export interface CacheShape {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Keys and values of the tokens read so far, by the graph's input names. */
export interface KeyValueCache {
  /** Tokens in it. */
  readonly length: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Where the tensors have room to spare, and are extended in place. */
  readonly view?: SharedView;
}

/** One pass through the decoder. */
export interface ForwardResult {
  /** Natural-unit logits of the last token, over the vocabulary. */
  readonly logits: Float32Array;
  /** Every token read so far, the new ones included. */
  readonly cache: KeyValueCache;
}

/** A cache of several rows, each with its own number of tokens. */
export interface BatchCache extends KeyValueCache {
  /** Tokens of each row; `length` is that of the longest plus what was generated since. */
  readonly lengths: readonly number[];
}

/** One pass of several rows through the decoder. */
export interface BatchForwardResult {
  /** Of each row's last token. */
  readonly logits: readonly Float32Array[];
  readonly cache: BatchCache;
}

/** Tokens read at once on the processor. */
const PIECE_TOKENS = 256;
/** A shared cache has room for a multiple of so many tokens. */
const ROOM_TOKENS = 256;

/** What a decoder's graph can do beyond the usual. */
export interface CausalModelOptions {
  /**
   * The graph can extend its cache in place (GroupQueryAttention with one buffer for past and
   * present), as houqa's own do: half the memory, and nothing is copied from pass to pass.
   */
  readonly extendsInPlace?: boolean;
}

/** A decoder over one of ONNX's runtimes: tokens in, logits of the last one and a cache out. */
export class CausalModel {
  readonly #cacheNames: readonly { readonly past: string; readonly present: string }[];
  readonly #sharesCache: boolean;
  /** The one sequence's buffers, where caches are extended in place. */
  #shared: SharedCache | undefined;

  constructor(
    readonly session: RuntimeSession,
    readonly shape: CacheShape,
    { extendsInPlace = false }: CausalModelOptions = {},
  ) {
    this.#cacheNames = cacheNames(shape.layers);
    this.#sharesCache = extendsInPlace && session.fillsGivenOutputs &&
      session.inputType(this.#cacheNames[0]!.past) === "float32";
  }

  /**
   * Reads tokens after those of the cache.
   * @param past left as it is; where caches are extended in place, only until other tokens are read
   * after a shorter part of it, or without a cache.
   * @param signal looked at before each pass through the graph. What was read until then is lost;
   * `past` stays valid.
   * @throws {Error} in the runtime's words; when the logits are not finite, saying so.
   * @throws the signal's reason.
   */
  async forward(
    ids: readonly number[],
    past?: KeyValueCache,
    signal?: AbortSignal,
  ): Promise<ForwardResult> {
    const { device, keepsCacheOnDevice } = this.session;
    signal?.throwIfAborted();
    if (device !== "cpu" || keepsCacheOnDevice) return await this.#pass(ids, past);
    const room = (past?.length ?? 0) + ids.length;
    // The processor's attention holds every pair of positions, future ones included: in pieces its
    // memory does not grow with the square of the length, and it was a quarter faster (800 tokens).
    let cache = past;
    let first = 0;
    for (; ids.length - first > PIECE_TOKENS; first += PIECE_TOKENS) {
      ({ cache } = await this.#pass(ids.slice(first, first + PIECE_TOKENS), cache, room));
      signal?.throwIfAborted();
    }
    return await this.#pass(ids.slice(first), cache, room);
  }

  /** @param room tokens that the cache is to have room for, where it is extended in place. */
  async #pass(
    ids: readonly number[],
    past?: KeyValueCache,
    room?: number,
  ): Promise<ForwardResult> {
    const { session } = this;
    const total = (past?.length ?? 0) + ids.length;
    const shared = this.#sharesCache ? this.#roomFor(Math.max(total, room ?? 0), past) : undefined;
    shared?.write(total - ids.length, ids.length);
    const feeds: Record<string, Tensor> = {
      input_ids: session.tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]),
      attention_mask: session.tensor("int64", new BigInt64Array(total).fill(1n), [1, total]),
      ...(shared?.tensors ?? past?.tensors ?? this.#emptyCache()),
    };
    if (session.inputNames.includes("num_logits_to_keep")) {
      feeds.num_logits_to_keep = session.tensor("int64", BigInt64Array.of(1n), []);
    }
    if (session.inputNames.includes("position_ids")) {
      const positions = BigInt64Array.from(ids, (_, index) => BigInt(total - ids.length + index));
      feeds.position_ids = session.tensor("int64", positions, [1, ids.length]);
    }
    const outputs = await session.run(feeds, shared && this.#presents(shared));
    const all = await readFloats(outputs.logits!);
    // A graph that others exported may give the logits of every position.
    const size = outputs.logits!.dims.at(-1)!;
    const logits = all.length === size ? all : all.slice(all.length - size);
    refuseNotFinite(logits);
    if (shared !== undefined) return { logits, cache: cacheOf(shared, total) };
    return { logits, cache: { length: total, tensors: this.#presentOf(outputs) } };
  }

  /** The buffers, with room for so many tokens. */
  #roomFor(tokens: number, past?: KeyValueCache): SharedCache {
    const shared = this.#shared ??= new SharedCache(this.#buffers(0), 0);
    if (past !== undefined && !(past.view !== undefined && shared.holds(past.view))) {
      throw writtenOver();
    }
    if (shared.capacity >= tokens) return shared;
    const capacity = Math.ceil(tokens / ROOM_TOKENS) * ROOM_TOKENS;
    const larger = this.#buffers(capacity);
    for (const [name, { data }] of Object.entries(larger)) {
      const from = shared.tensors[name]!.data as Float32Array;
      const length = past?.length ?? 0;
      copyHeads(from, shared.capacity, data as Float32Array, capacity, length, this.shape);
    }
    shared.grow(larger, capacity);
    return shared;
  }

  #buffers(capacity: number): Record<string, Tensor> {
    const { kvHeads, headDim } = this.shape;
    const dims = [1, kvHeads, capacity, headDim];
    return Object.fromEntries(this.#cacheNames.map(({ past }) => {
      const values = new Float32Array(kvHeads * capacity * headDim);
      return [past, this.session.tensor("float32", values, dims)];
    }));
  }

  /** The shared buffers by the names of the graph's outputs. */
  #presents({ tensors }: SharedCache): Record<string, Tensor> {
    return Object.fromEntries(
      this.#cacheNames.map(({ past, present }) => [present, tensors[past]!]),
    );
  }

  /**
   * Reads several prompts at once, padded on the right. Only for graphs that houqa exported: they
   * give each row's logits at its own last token.
   * @throws as {@linkcode forward}.
   */
  async forwardBatch(rows: readonly (readonly number[])[]): Promise<BatchForwardResult> {
    const width = Math.max(...rows.map((row) => row.length));
    const ids = new BigInt64Array(rows.length * width);
    rows.forEach((row, index) => ids.set(BigInt64Array.from(row, BigInt), index * width));
    const lengths = rows.map((row) => row.length);
    return await this.#runBatch(ids, width, lengths, this.#emptyCache(rows.length), width);
  }

  /** Reads one more token of each row. @throws as {@linkcode forward}. */
  async continueBatch(tokens: readonly number[], cache: BatchCache): Promise<BatchForwardResult> {
    const lengths = cache.lengths.map((length) => length + 1);
    const ids = BigInt64Array.from(tokens, BigInt);
    return await this.#runBatch(ids, 1, lengths, cache.tensors, cache.length + 1);
  }

  async #runBatch(
    ids: BigInt64Array,
    width: number,
    lengths: readonly number[],
    past: Readonly<Record<string, Tensor>>,
    total: number,
  ): Promise<BatchForwardResult> {
    const { session } = this;
    const mask = new BigInt64Array(lengths.length * total);
    lengths.forEach((length, row) => mask.fill(1n, row * total, row * total + length));
    const outputs = await session.run({
      input_ids: session.tensor("int64", ids, [lengths.length, width]),
      attention_mask: session.tensor("int64", mask, [lengths.length, total]),
      num_logits_to_keep: session.tensor("int64", BigInt64Array.of(1n), []),
      ...past,
    });
    const [rows, kept, size] = outputs.logits!.dims;
    if (rows !== lengths.length || kept !== 1 || session.inputNames.includes("position_ids")) {
      throw new Error("This graph can't read several prompts at once: use --batch-size 1.");
    }
    const all = await readFloats(outputs.logits!);
    refuseNotFinite(all);
    return {
      logits: lengths.map((_, row) => all.slice(row * size!, (row + 1) * size!)),
      cache: { length: total, lengths, tensors: this.#presentOf(outputs) },
    };
  }

  #presentOf(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    return Object.fromEntries(
      this.#cacheNames.map(({ past, present }) => [past, outputs[present]!]),
    );
  }

  /**
   * The first `length` tokens, at least one, of a cache that lies in this process's memory: a copy,
   * or a view where caches are extended in place.
   * @throws {Error} where other tokens were read in the cache's place.
   */
  truncate(cache: KeyValueCache, length: number): KeyValueCache {
    if (length === cache.length) return cache;
    if (cache.view !== undefined) {
      const shared = cache.view.cache;
      // A view of the start would take whatever stands there now for the cache's own.
      if (!shared.holds(cache.view)) throw writtenOver();
      return cacheOf(shared, length);
    }
    const { kvHeads, headDim } = this.shape;
    const tensors = Object.fromEntries(
      Object.entries(cache.tensors).map(([name, tensor]) => {
        const from = tensor.data as Float32Array | Uint16Array;
        const to = new (from.constructor as new (size: number) => typeof from)(
          kvHeads * length * headDim,
        );
        copyHeads(from, cache.length, to, length, length, this.shape);
        const type = this.session.inputType(name);
        return [name, this.session.tensor(type, to, [1, kvHeads, length, headDim])];
      }),
    );
    return { length, tensors };
  }

  /** Frees a cache that lies on a device. */
  dispose(cache: KeyValueCache): void {
    if (!this.session.keepsCacheOnDevice) return;
    for (const tensor of Object.values(cache.tensors)) tensor.dispose();
  }

  #emptyCache(rows = 1): Record<string, Tensor> {
    const { kvHeads, headDim } = this.shape;
    return Object.fromEntries(
      this.#cacheNames.map(({ past }) => {
        const type = this.session.inputType(past);
        const nothing = type === "float16" ? new Uint16Array(0) : new Float32Array(0);
        return [past, this.session.tensor(type, nothing, [rows, kvHeads, 0, headDim])];
      }),
    );
  }
}

function writtenOver(): Error {
  return new Error("This cache was written over: other tokens were read in its place.");
}

function cacheOf(shared: SharedCache, length: number): KeyValueCache {
  return {
    length,
    get tensors() {
      return shared.tensors;
    },
    view: shared.view(length),
  };
}

/** Copies the first `length` positions of each head from one [heads, room, head size] to another. */
function copyHeads<T extends Float32Array | Uint16Array>(
  from: T,
  fromRoom: number,
  to: T,
  toRoom: number,
  length: number,
  { kvHeads, headDim }: CacheShape,
): void {
  for (let head = 0; head < kvHeads; head++) {
    const start = head * fromRoom * headDim;
    to.set(from.subarray(start, start + length * headDim), head * toRoom * headDim);
  }
}

/** Names of the cache's inputs and outputs, as transformers.js expects them. */
export function cacheNames(layers: number): { past: string; present: string }[] {
  return Array.from({ length: layers }, (_, layer) =>
    ["key", "value"].map((kind) => ({
      past: `past_key_values.${layer}.${kind}`,
      present: `present.${layer}.${kind}`,
    }))).flat();
}

function refuseNotFinite(logits: Float32Array): void {
  if (logits.every(Number.isFinite)) return;
  throw new Error(
    "The logits are not finite: half precision overflowed, or the weights are damaged. " +
      "Use --hf-dtype q4 or fp32 (on cpu q8 too).",
  );
}

async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data = tensor.location === "cpu" ? tensor.data : await tensor.getData(true);
  if (data instanceof Float32Array) return data;
  const bits = data as Uint16Array;
  return Float32Array.from(new Float16Array(bits.buffer, bits.byteOffset, bits.length));
}
