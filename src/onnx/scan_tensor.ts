import type { TensorReader } from "./tensor_reader.ts";
import type { TensorSource } from "./tensor_source.ts";

/** What one pass over a tensor's values found. */
export interface TensorScan {
  /** Index of the first element, row-major from 0, that is NaN or an infinity. */
  readonly firstNonFinite?: number;
  /** Every element is 0 or -0. */
  readonly allZero: boolean;
}

/** 1 MB of float32. */
const SLICE_ELEMENTS = 1 << 18;

/** Reads a tensor's values in slices of 1 MB, up to the first that is not finite. */
export function scanTensor(reader: TensorReader, source: TensorSource): TensorScan {
  const count = source.shape.reduce((product, size) => product * size, 1);
  const values = new Float32Array(Math.min(count, SLICE_ELEMENTS));
  let allZero = true;
  for (let first = 0; first < count; first += values.length) {
    const slice = values.subarray(0, Math.min(values.length, count - first));
    reader.read(source, first, slice);
    for (let index = 0; index < slice.length; index++) {
      const value = slice[index]!;
      if (value === 0) continue;
      allZero = false;
      if (!Number.isFinite(value)) return { firstNonFinite: first + index, allZero };
    }
  }
  return { allZero };
}
