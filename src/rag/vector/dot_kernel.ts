import { DOT_ROWS_WASM } from "./dot_rows_wasm.ts";

/** Bytes before a row's numbers: its scale, a float32. */
export const SCALE_BYTES = 4;
/** Rows are padded with zeros to whole blocks of so many numbers. */
export const BLOCK = 16;
/** The largest magnitude of a row's numbers. */
export const ROW_LEVELS = 127;

/** Bytes of one row: scale, numbers, padding. */
export function rowBytes(dimensions: number): number {
  return SCALE_BYTES + Math.ceil(dimensions / BLOCK) * BLOCK;
}

/** The largest magnitude of a query's numbers with which a dot product still fits in 32 bits. */
export function queryLevels(dimensions: number): number {
  return Math.min(32767, Math.floor((2 ** 31 - 1) / (ROW_LEVELS * dimensions)));
}

/** Multiplies many rows of int8 with one query of int16, exactly. */
export interface DotKernel {
  readonly isSimd: boolean;
  /** Where rows are put before {@linkcode run}: `rowBytes` each. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** The scales that lie in `rows`, every `rowBytes / 4` numbers. */
  readonly scales: Float32Array;
  /** Where the query is put, padded with zeros. */
  readonly query: Int16Array;
  /** Computes the first `count` rows. @returns one dot product a row; valid until the next call. */
  run(count: number): Int32Array;
}

/** What a kernel is made for. */
export interface DotKernelOptions {
  readonly dimensions: number;
  /** Rows that fit at once. */
  readonly capacity: number;
  /** False: plain JavaScript, with equal results. Default: WebAssembly where it can be had. */
  readonly allowSimd?: boolean;
}

/** A kernel with memory of its own. */
export function createDotKernel(options: DotKernelOptions): DotKernel {
  const { allowSimd = true } = options;
  const wasm = allowSimd ? Uint8Array.from(atob(DOT_ROWS_WASM), (one) => one.charCodeAt(0)) : null;
  return wasm !== null && WebAssembly.validate(wasm)
    ? createSimdKernel(wasm, options)
    : createPlainKernel(options);
}

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  dotRows(
    row: number,
    rowCount: number,
    rowBytes: number,
    query: number,
    blocks: number,
    out: number,
  ): void;
}

/** Bytes of a page of WebAssembly's memory. */
const PAGE_BYTES = 65536;

function createSimdKernel(
  wasm: Uint8Array<ArrayBuffer>,
  { dimensions, capacity }: DotKernelOptions,
): DotKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const { memory, dotRows } = exports as unknown as KernelExports;
  const stride = rowBytes(dimensions);
  const blocks = Math.ceil(dimensions / BLOCK);
  const outAt = blocks * BLOCK * 2;
  const rowsAt = Math.ceil((outAt + capacity * 4) / BLOCK) * BLOCK;
  const sizeBytes = rowsAt + capacity * stride;
  memory.grow(Math.max(0, Math.ceil(sizeBytes / PAGE_BYTES) - 1));
  const buffer = memory.buffer as ArrayBuffer;
  const dots = new Int32Array(buffer, outAt, capacity);
  return {
    isSimd: true,
    rows: new Uint8Array(buffer, rowsAt, capacity * stride),
    scales: new Float32Array(buffer, rowsAt, capacity * stride / 4),
    query: new Int16Array(buffer, 0, blocks * BLOCK),
    run(count) {
      if (count > capacity) throw new RangeError(`${count} rows do not fit in ${capacity}.`);
      if (count > 0) dotRows(rowsAt, count, stride, 0, blocks, outAt);
      return dots.subarray(0, count);
    },
  };
}

function createPlainKernel({ dimensions, capacity }: DotKernelOptions): DotKernel {
  const stride = rowBytes(dimensions);
  const buffer = new ArrayBuffer(capacity * stride);
  const values = new Int8Array(buffer);
  const query = new Int16Array(stride - SCALE_BYTES);
  const dots = new Int32Array(capacity);
  return {
    isSimd: false,
    rows: new Uint8Array(buffer),
    scales: new Float32Array(buffer),
    query,
    run(count) {
      if (count > capacity) throw new RangeError(`${count} rows do not fit in ${capacity}.`);
      for (let row = 0; row < count; row++) {
        const first = row * stride + SCALE_BYTES;
        let sum = 0;
        for (let i = 0; i < query.length; i++) sum += values[first + i]! * query[i]!;
        dots[row] = sum;
      }
      return dots.subarray(0, count);
    },
  };
}
