import type { Tensor } from "onnxruntime-common";

/** Part of a {@linkcode SharedCache} from its start. */
export interface SharedView {
  readonly cache: SharedCache;
  /** Tokens in it. */
  readonly length: number;
  /** Number of the write that its last token came by. */
  readonly stamp: number;
}

/**
 * Keys and values of one sequence, in buffers with room to spare, which the graph extends in place:
 * its past and its present are the same memory. A start of the sequence is a view, without a copy; it
 * ends to be valid once other tokens are written into it.
 */
export class SharedCache {
  /** For each position the number of the write that filled it last. */
  #stamps: Uint32Array;
  #tensors: Readonly<Record<string, Tensor>>;
  #writes = 0;
  /** Positions from here on hold nothing, or what belongs to no valid view. */
  #end = 0;

  /**
   * @param tensors by the graph's input names, each [1, kv heads, capacity, head size].
   * @param capacity tokens there is room for.
   */
  constructor(tensors: Readonly<Record<string, Tensor>>, capacity: number) {
    this.#tensors = tensors;
    this.#stamps = new Uint32Array(capacity);
  }

  get tensors(): Readonly<Record<string, Tensor>> {
    return this.#tensors;
  }

  get capacity(): number {
    return this.#stamps.length;
  }

  /** Takes larger buffers that hold the same sequence; the memory of the old ones is given back. */
  grow(tensors: Readonly<Record<string, Tensor>>, capacity: number): void {
    for (const { data } of Object.values(this.#tensors)) {
      (data as Float32Array<ArrayBuffer>).buffer.transfer(0);
    }
    this.#tensors = tensors;
    const stamps = new Uint32Array(capacity);
    stamps.set(this.#stamps);
    this.#stamps = stamps;
  }

  /** To be called before tokens are written. */
  write(first: number, count: number): void {
    this.#stamps.fill(++this.#writes, first, first + count);
    this.#end = first + count;
  }

  /** The first `length` tokens as they are now; at least one. */
  view(length: number): SharedView {
    return { cache: this, length, stamp: this.#stamps[length - 1]! };
  }

  /** Whether what the view was made of is still there. */
  holds({ cache, length, stamp }: SharedView): boolean {
    // Tokens are written one after the other: whatever changed one before the last has either cut
    // the sequence there or written the last one anew.
    return cache === this && length <= this.#end && this.#stamps[length - 1] === stamp;
  }
}
