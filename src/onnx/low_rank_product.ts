import { createKernel, ensureBytes } from "./kernel_memory.ts";

/** Columns that the kernel works on at once. */
const GROUP = 16;

/** Rows of B·A, A being in memory and B coming row by row; in float32. */
export class LowRankProduct {
  readonly #kernel = createKernel();
  #rank = 0;
  #columns = 0;
  #groups = 0;

  /** @param a [rank, columns], row-major. */
  load(a: Float32Array, rank: number): void {
    this.#rank = rank;
    this.#columns = a.length / rank;
    this.#groups = Math.ceil(this.#columns / GROUP);
    ensureBytes(this.#kernel, this.#outAt + this.#padded * 4);
    const values = this.#floats(this.#aAt, rank * this.#padded).fill(0);
    for (let k = 0; k < rank; k++) {
      values.set(a.subarray(k * this.#columns, (k + 1) * this.#columns), k * this.#padded);
    }
  }

  /**
   * @param b one row of B, `rank` values.
   * @returns the row of the product, valid until the next call.
   */
  row(b: Float32Array): Float32Array {
    this.#floats(0, this.#rank).set(b);
    this.#kernel.rowOfProduct(0, this.#rank, this.#aAt, this.#groups, this.#outAt);
    return this.#floats(this.#outAt, this.#columns);
  }

  /** Columns with their padding. */
  get #padded(): number {
    return this.#groups * GROUP;
  }

  /** Behind the row of B. */
  get #aAt(): number {
    return Math.ceil(this.#rank / 4) * 16;
  }

  get #outAt(): number {
    return this.#aAt + this.#rank * this.#padded * 4;
  }

  #floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#kernel.memory.buffer, at, length);
  }
}
