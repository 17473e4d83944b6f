import { BestHits, type VectorHit } from "./best_hits.ts";
import { createDotKernel, type DotKernel, rowBytes } from "./dot_kernel.ts";
import { quantiseQuery, restoreRow } from "./quantise_vector.ts";

/*
 * A vector file is a header of 32 bytes ("houqavec", version and dimensions as little-endian uint32,
 * zeros) and then one row a vector: its scale as float32, its numbers as int8, zeros up to a multiple
 * of 16 numbers.
 */

const MAGIC = new TextEncoder().encode("houqavec");
const VERSION = 1;
/** Bytes before the first row. */
export const HEADER_BYTES = 32;

/** Bytes of rows that are read at once: what fits in a processor's second cache. */
const SLAB_BYTES = 1 << 19;
/** Bytes after which the event loop gets its turn; about 20 ms of work. */
const TURN_BYTES = 64 << 20;

/** The header of a vector file. */
export function vectorHeader(dimensions: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  const view = new DataView(header.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, dimensions, true);
  return header;
}

/** Size of a vector file. */
export function vectorFileBytes(dimensions: number, count: number): number {
  return HEADER_BYTES + count * rowBytes(dimensions);
}

/** What a vector file is expected to hold, and how it is read. */
export interface VectorFileOptions {
  readonly dimensions: number;
  readonly count: number;
  /** False: without WebAssembly. */
  readonly allowSimd?: boolean;
}

/** Vectors on disk, of which a small part at a time is in memory. */
export class VectorFile {
  readonly #file: Deno.FsFile;
  readonly #kernel: DotKernel;
  readonly #rowBytes: number;
  readonly #rowsAtOnce: number;
  /** The last scan; they take turns, because they share the file's position and the kernel. */
  #turn: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  private constructor(
    file: Deno.FsFile,
    readonly dimensions: number,
    readonly count: number,
    allowSimd: boolean | undefined,
  ) {
    this.#file = file;
    this.#rowBytes = rowBytes(dimensions);
    this.#rowsAtOnce = Math.max(1, Math.floor(SLAB_BYTES / this.#rowBytes));
    this.#kernel = createDotKernel({ dimensions, capacity: this.#rowsAtOnce, allowSimd });
  }

  /** @throws {Error} saying how the file differs from what is expected, or the system's words. */
  static open(path: string, { dimensions, count, allowSimd }: VectorFileOptions): VectorFile {
    const file = Deno.openSync(path);
    try {
      const found = file.statSync().size;
      const expected = vectorFileBytes(dimensions, count);
      if (found !== expected) {
        throw new Error(
          `it has ${found} bytes, and ${count} vectors of ${dimensions} numbers take ${expected}`,
        );
      }
      const header = new Uint8Array(HEADER_BYTES);
      readFully(file, header);
      if (!vectorHeader(dimensions).every((byte, at) => header[at] === byte)) {
        throw new Error(`its header is not that of vectors of ${dimensions} numbers`);
      }
      return new VectorFile(file, dimensions, count, allowSimd);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * The vectors with the largest dot product with the query, best first; of equal ones those that
   * come first. Every vector is looked at. Vectors of zeros are never found.
   * @param query normalised, like the vectors: the score is then the cosine.
   * @throws {DOMException} `AbortError` when the signal fires.
   */
  scan(query: Float32Array, limit: number, signal?: AbortSignal): Promise<VectorHit[]> {
    const scan = this.#turn.then(() => this.#scan(query, limit, signal));
    this.#turn = scan.catch(() => {});
    return scan;
  }

  async #scan(query: Float32Array, limit: number, signal?: AbortSignal): Promise<VectorHit[]> {
    const best = new BestHits(limit);
    const rowsATurn = Math.max(1, Math.floor(TURN_BYTES / this.#rowBytes));
    for (let first = 0; first < this.count; first += rowsATurn) {
      if (first > 0) await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      const end = Math.min(this.count, first + rowsATurn);
      const queryScale = this.#putQuery(query);
      for (let at = first; at < end; at += this.#rowsAtOnce) {
        this.#scanSlab(at, Math.min(this.#rowsAtOnce, end - at), queryScale, best);
      }
    }
    return best.list();
  }

  #scanSlab(first: number, count: number, queryScale: number, best: BestHits): void {
    const { rows, scales } = this.#kernel;
    this.#seek(first);
    readFully(this.#file, rows.subarray(0, count * this.#rowBytes));
    const dots = this.#kernel.run(count);
    const step = this.#rowBytes / 4;
    let threshold = best.threshold;
    for (let row = 0; row < count; row++) {
      const scale = scales[row * step]!;
      const score = dots[row]! * scale * queryScale;
      if (!(score > threshold) || scale === 0) continue;
      best.offer(first + row, score);
      threshold = best.threshold;
    }
  }

  /**
   * The scores of some vectors, as {@linkcode scan} computes them.
   * @throws {RangeError} for a number that is not in the file.
   */
  score(query: Float32Array, vectors: readonly number[]): VectorHit[] {
    const queryScale = this.#putQuery(query);
    return vectors.map((vector) => {
      this.#readRow(vector, this.#kernel.rows.subarray(0, this.#rowBytes));
      const [dot] = this.#kernel.run(1);
      return { vector, score: dot! * this.#kernel.scales[0]! * queryScale };
    });
  }

  /**
   * A vector as it was stored: of the length that it had, its direction rounded to 8 bits.
   * @throws {RangeError} for a number that is not in the file.
   */
  read(vector: number): Float32Array {
    const row = new Uint8Array(this.#rowBytes);
    this.#readRow(vector, row);
    return restoreRow(row, this.dimensions);
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }

  #putQuery(query: Float32Array): number {
    if (query.length !== this.dimensions) {
      throw new RangeError(`The query has ${query.length} numbers, not ${this.dimensions}.`);
    }
    return quantiseQuery(query, this.#kernel.query);
  }

  #readRow(vector: number, to: Uint8Array): void {
    if (!Number.isInteger(vector) || vector < 0 || vector >= this.count) {
      throw new RangeError(`There is no vector ${vector}, only 0 to ${this.count - 1}.`);
    }
    this.#seek(vector);
    readFully(this.#file, to);
  }

  #seek(vector: number): void {
    this.#file.seekSync(HEADER_BYTES + vector * this.#rowBytes, Deno.SeekMode.Start);
  }
}

function readFully(file: Deno.FsFile, to: Uint8Array): void {
  for (let done = 0; done < to.length;) {
    const count = file.readSync(to.subarray(done));
    if (count === null) throw new Error("the file ended early");
    done += count;
  }
}
