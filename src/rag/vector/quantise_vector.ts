import { queryLevels, ROW_LEVELS, rowBytes, SCALE_BYTES } from "./dot_kernel.ts";

/**
 * Writes a vector as a row of the vector file: float32 scale, then its numbers as
 * round(127 · x / max |x|), scale = |x| / |numbers|, which keeps its length: the product of two rows
 * of length 1 is a cosine. A vector of zeros gets the scale 0.
 * @param to exactly `rowBytes(vector.length)` bytes.
 * @throws {RangeError} for a vector with NaN or infinities.
 */
export function quantiseRow(vector: Float32Array, to: Uint8Array<ArrayBuffer>): void {
  const step = largestMagnitude(vector) / ROW_LEVELS;
  to.fill(0);
  if (step === 0) return;
  const values = new Int8Array(to.buffer, to.byteOffset + SCALE_BYTES);
  let squares = 0;
  let quantised = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = clamp(vector[i]! / step, ROW_LEVELS);
    values[i] = value;
    squares += vector[i]! ** 2;
    quantised += value ** 2;
  }
  const scale = Math.sqrt(squares / quantised);
  new DataView(to.buffer, to.byteOffset, SCALE_BYTES).setFloat32(0, scale, true);
}

/** The vector that a row stands for. */
export function restoreRow(row: Uint8Array<ArrayBuffer>, dimensions: number): Float32Array {
  if (row.length !== rowBytes(dimensions)) throw new RangeError(`${row.length} bytes are no row.`);
  const scale = new DataView(row.buffer, row.byteOffset, SCALE_BYTES).getFloat32(0, true);
  const values = new Int8Array(row.buffer, row.byteOffset + SCALE_BYTES, dimensions);
  return Float32Array.from(values, (value) => value * scale);
}

/**
 * Writes a query for the kernel, in as many levels as its arithmetic holds.
 * @returns its scale.
 * @throws {RangeError} for a vector with NaN or infinities.
 */
export function quantiseQuery(vector: Float32Array, to: Int16Array): number {
  const levels = queryLevels(vector.length);
  const scale = largestMagnitude(vector) / levels;
  to.fill(0);
  if (scale === 0) return 0;
  for (let i = 0; i < vector.length; i++) to[i] = clamp(vector[i]! / scale, levels);
  return scale;
}

function clamp(value: number, levels: number): number {
  return Math.max(-levels, Math.min(levels, Math.round(value)));
}

function largestMagnitude(vector: Float32Array): number {
  let largest = 0;
  for (const value of vector) {
    if (!Number.isFinite(value)) throw new RangeError(`A vector holds ${value}.`);
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}
