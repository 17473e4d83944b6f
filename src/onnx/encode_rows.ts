import type { ExportDtype } from "./export_dtype.ts";
import { computeType } from "./export_dtype.ts";
import { BlockQuantiser } from "./block_quantiser.ts";
import { quantiseBlock8, type RoundScale } from "./quantise_block8.ts";
import { BLOCK_SIZE, type PlannedValues, type PlannedWeight } from "./weight_plan.ts";

/** Bytes that go to one place of a data file. */
export interface Write {
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What rounding did to the rows. */
export interface EncodingError {
  /** Squared Frobenius norm of the difference between the values and what is stored. */
  errorSquared: number;
  /** Finite values that the stored type can't hold. */
  overflows: number;
}

/**
 * Turns rows of a weight into the bytes of its layout.
 * @param w float32 [rows, columns]; `first` counts rows within the planned part.
 * @param quantiser its memory is used again from call to call.
 */
export function encodeRows(
  weight: PlannedWeight,
  dtype: ExportDtype,
  w: Float32Array,
  first: number,
  quantiser: BlockQuantiser = new BlockQuantiser(),
): { writes: Iterable<Write>; error: EncodingError } {
  const isHalf = computeType(dtype) === "float16";
  const roundScale = isHalf ? roundToHalf : Math.fround;
  switch (weight.layout) {
    case "as_is":
      return encodeFloats(weight, w, first, isHalf, false);
    case "transposed":
      return encodeFloats(weight, w, first, isHalf, true);
    case "row8":
      return encodeRow8(weight, w, first);
    case "block8":
      return encodeBlocks8(weight, w, first, isHalf, roundScale);
    case "block4":
      return encodeBlocks4(weight, w, first, isHalf, quantiser);
  }
}

function encodeFloats(
  weight: PlannedWeight,
  w: Float32Array,
  first: number,
  isHalf: boolean,
  isTransposed: boolean,
): { writes: Iterable<Write>; error: EncodingError } {
  const { columns, rows, values } = weight;
  const error: EncodingError = { errorSquared: 0, overflows: 0 };
  let stored: Float32Array | Float16Array = w;
  if (isHalf) {
    stored = Float16Array.from(w);
    for (let i = 0; i < w.length; i++) {
      const kept = stored[i]!;
      if (!Number.isFinite(kept) && Number.isFinite(w[i]!)) error.overflows++;
      else error.errorSquared += (kept - w[i]!) ** 2;
    }
  }
  if (!isTransposed) return { writes: [writeAt(values, first * columns, stored)], error };
  const turned = transpose(stored, columns);
  return { writes: columnWrites(values, turned, rows, columns, first), error };
}

function encodeRow8(
  weight: PlannedWeight,
  w: Float32Array,
  first: number,
): { writes: Iterable<Write>; error: EncodingError } {
  const { columns, rows } = weight;
  const rowsHere = w.length / columns;
  const levels = new Uint8Array(w.length);
  const scales = new Float32Array(rowsHere);
  const result = { scale: 0 };
  let errorSquared = 0;
  for (let row = 0; row < rowsHere; row++) {
    const from = row * columns;
    const q = levels.subarray(from, from + columns);
    errorSquared += quantiseBlock8(w, from, from + columns, q, result, Math.fround);
    scales[row] = result.scale;
  }
  // The other sign bit turns integers around 128 into integers around 0.
  if (weight.values.type === "int8") { for (let i = 0; i < levels.length; i++) levels[i]! ^= 0x80; }
  const turned = transpose(levels, columns);
  const writes = function* (): Iterable<Write> {
    yield* columnWrites(weight.values, turned, rows, columns, first);
    yield writeAt(weight.scales!, first, scales);
  };
  return { writes: writes(), error: { errorSquared, overflows: 0 } };
}

function encodeBlocks8(
  weight: PlannedWeight,
  w: Float32Array,
  first: number,
  isHalf: boolean,
  roundScale: RoundScale,
): { writes: Iterable<Write>; error: EncodingError } {
  const { columns } = weight;
  const rows = w.length / columns;
  const blocks = Math.ceil(columns / BLOCK_SIZE);
  const bytes = new Uint8Array(rows * blocks * BLOCK_SIZE);
  const scales = new Float32Array(rows * blocks);
  const result = { scale: 0 };
  let errorSquared = 0;
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const start = row * columns + block * BLOCK_SIZE;
      const end = Math.min(start + BLOCK_SIZE, (row + 1) * columns);
      const at = row * blocks + block;
      const q = bytes.subarray(at * BLOCK_SIZE, (at + 1) * BLOCK_SIZE);
      errorSquared += quantiseBlock8(w, start, end, q, result, roundScale);
      scales[at] = result.scale;
    }
  }
  const writes = [
    writeAt(weight.values, first * blocks * BLOCK_SIZE, bytes),
    writeAt(weight.scales!, first * blocks, isHalf ? Float16Array.from(scales) : scales),
  ];
  return { writes, error: { errorSquared, overflows: isHalf ? countOverflows(w) : 0 } };
}

function encodeBlocks4(
  weight: PlannedWeight,
  w: Float32Array,
  first: number,
  isHalf: boolean,
  quantiser: BlockQuantiser,
): { writes: Iterable<Write>; error: EncodingError } {
  const { columns } = weight;
  const rows = w.length / columns;
  const blocks = Math.ceil(columns / BLOCK_SIZE);
  const rowBytes = blocks * BLOCK_SIZE / 2;
  const zeroBytes = Math.ceil(blocks / 2);
  const bytes = new Uint8Array(rows * rowBytes);
  const scales = new Float32Array(rows * blocks);
  const zeros = new Uint8Array(rows * zeroBytes);
  let errorSquared = 0;
  for (let row = 0; row < rows; row++) {
    const found = quantiser.quantise(w.subarray(row * columns, (row + 1) * columns), isHalf);
    errorSquared += found.errorSquared;
    bytes.set(found.bytes, row * rowBytes);
    scales.set(found.scales, row * blocks);
    for (let block = 0; block < blocks; block++) {
      zeros[row * zeroBytes + (block >> 1)]! |= found.zeroPoints[block]! << (4 * (block & 1));
    }
  }
  const writes: Write[] = [
    writeAt(weight.values, first * rowBytes, bytes),
    writeAt(weight.scales!, first * blocks, isHalf ? Float16Array.from(scales) : scales),
  ];
  if (weight.zeroPoints) writes.push(writeAt(weight.zeroPoints, first * zeroBytes, zeros));
  return { writes, error: { errorSquared, overflows: isHalf ? countOverflows(w) : 0 } };
}

/** A block's scale may take larger values than half precision; the product with them does not. */
function countOverflows(w: Float32Array): number {
  let overflows = 0;
  for (let i = 0; i < w.length; i++) if (Math.abs(w[i]!) > MAX_HALF) overflows++;
  return overflows;
}

/** A run of elements of the stored values. */
function writeAt(
  { at }: PlannedValues,
  element: number,
  values: Uint8Array | Float32Array | Float16Array,
): Write {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = values;
  return {
    file: at.file,
    offset: at.offset + element * BYTES_PER_ELEMENT,
    bytes: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  };
}

/** [columns, rows of this slice] into [columns, all rows]: one run where the slice is all rows. */
function* columnWrites(
  values: PlannedValues,
  turned: Uint8Array | Float32Array | Float16Array,
  rows: number,
  columns: number,
  first: number,
): Iterable<Write> {
  const rowsHere = turned.length / columns;
  if (rowsHere === rows) {
    yield writeAt(values, 0, turned);
    return;
  }
  for (let column = 0; column < columns; column++) {
    const run = turned.subarray(column * rowsHere, (column + 1) * rowsHere);
    yield writeAt(values, column * rows + first, run);
  }
}

const TILE = 64;

/** [rows, columns] to [columns, rows], in tiles that fit in the processor's cache. */
function transpose<T extends Uint8Array | Float32Array | Float16Array>(w: T, columns: number): T {
  const rows = w.length / columns;
  const turned = new (w.constructor as new (length: number) => T)(w.length);
  for (let row0 = 0; row0 < rows; row0 += TILE) {
    const row1 = Math.min(row0 + TILE, rows);
    for (let column0 = 0; column0 < columns; column0 += TILE) {
      const column1 = Math.min(column0 + TILE, columns);
      for (let row = row0; row < row1; row++) {
        const from = row * columns;
        for (let column = column0; column < column1; column++) {
          turned[column * rows + row] = w[from + column]!;
        }
      }
    }
  }
  return turned;
}

/** The largest value of IEEE 754 binary16. */
const MAX_HALF = 65504;

const half = new Float16Array(1);

function roundToHalf(value: number): number {
  half[0] = value;
  return half[0];
}
