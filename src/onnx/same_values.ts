import { sameShape } from "./same_shape.ts";
import type { TensorReader } from "./tensor_reader.ts";
import type { StoredType, TensorSource } from "./tensor_source.ts";

/** 1 MB of float32. */
const SLICE_ELEMENTS = 1 << 18;

/**
 * Whether two tensors hold the same shape and values, read in slices of 1 MB. Where one is float32
 * and the other is not, the float32 values are first rounded to the other's type.
 */
export function sameValues(reader: TensorReader, a: TensorSource, b: TensorSource): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  const roundA = a.dtype === "F32" ? ROUND[b.dtype] : ROUND.F32;
  const roundB = b.dtype === "F32" ? ROUND[a.dtype] : ROUND.F32;
  const count = a.shape.reduce((product, size) => product * size, 1);
  const left = new Float32Array(Math.min(count, SLICE_ELEMENTS));
  const right = new Float32Array(left.length);
  for (let first = 0; first < count; first += left.length) {
    const size = Math.min(left.length, count - first);
    reader.read(a, first, left.subarray(0, size));
    reader.read(b, first, right.subarray(0, size));
    for (let index = 0; index < size; index++) {
      if (roundA(left[index]!) !== roundB(right[index]!)) return false;
    }
  }
  return true;
}

const ROUND: Readonly<Record<StoredType, (value: number) => number>> = {
  F32: (value) => value,
  F16: Math.f16round,
  BF16: roundToBfloat16,
};

const float32 = new Float32Array(1);
const float32Bits = new Uint32Array(float32.buffer);

/** Nearest bfloat16, ties to even, of a finite float32. */
function roundToBfloat16(value: number): number {
  float32[0] = value;
  const bits = float32Bits[0]!;
  float32Bits[0] = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return float32[0]!;
}
