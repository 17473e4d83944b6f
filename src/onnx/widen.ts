import type { StoredType } from "./tensor_source.ts";

let halves: Float32Array | undefined;

/** Float32 value of each of the 65,536 half-precision bit patterns (IEEE 754 binary16). */
function halfValues(): Float32Array {
  if (halves !== undefined) return halves;
  const patterns = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
  halves = Float32Array.from(new Float16Array(patterns.buffer));
  return halves;
}

/**
 * Turns stored values into float32, exactly.
 * @param bytes little-endian values, starting on a multiple of their size in the buffer.
 * @param out as many elements as `bytes` holds.
 */
export function widen(bytes: Uint8Array, type: StoredType, out: Float32Array): void {
  const { buffer, byteOffset } = bytes;
  if (type === "F32") {
    out.set(new Float32Array(buffer, byteOffset, out.length));
    return;
  }
  const stored = new Uint16Array(buffer, byteOffset, out.length);
  if (type === "BF16") {
    // bfloat16 is the upper half of a float32.
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < stored.length; i++) bits[i] = stored[i]! << 16;
    return;
  }
  const values = halfValues();
  for (let i = 0; i < stored.length; i++) out[i] = values[stored[i]!]!;
}
