import assert from "node:assert/strict";
import { widen } from "./widen.ts";

/** Every bit pattern of two bytes, little-endian. */
const PATTERNS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** Half precision by its definition (IEEE 754-2019, 3.4). */
function halfValue(bits: number): number {
  const sign = bits >>> 15 ? -1 : 1;
  const exponent = bits >>> 10 & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

Deno.test("every half-precision pattern widens to its value", () => {
  const out = new Float32Array(65536);
  widen(new Uint8Array(PATTERNS.buffer), "F16", out);
  for (let bits = 0; bits < 65536; bits++) {
    assert.ok(Object.is(out[bits], halfValue(bits)), `0x${bits.toString(16)}: ${out[bits]}`);
  }
});

Deno.test("every bfloat16 pattern widens to the float32 whose upper half it is", () => {
  const out = new Float32Array(65536);
  widen(new Uint8Array(PATTERNS.buffer), "BF16", out);
  const words = new Uint32Array(out.buffer);
  for (let bits = 0; bits < 65536; bits++) assert.equal(words[bits], bits * 65536);
  assert.deepEqual([out[0x3f80], out[0xc040], out[0x0001]], [1, -3, 2 ** -133]);
});

Deno.test("float32 stays as it is, to the bit", () => {
  const words = Uint32Array.of(0, 0x80000000, 1, 0x7f800000, 0x7fc01234, 0x3f800001);
  const out = new Float32Array(words.length);
  widen(new Uint8Array(words.buffer), "F32", out);
  assert.deepEqual(new Uint32Array(out.buffer), words);
});

Deno.test("only the bytes that are given are read, and only the places that are given written", () => {
  const buffer = Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400).buffer;
  for (const [type, expected] of [["F16", [2, 3]], ["BF16", [2, 32]]] as const) {
    const all = new Float32Array(4).fill(9);
    widen(new Uint8Array(buffer, 2, 4), type, all.subarray(1, 3));
    assert.deepEqual([...all], [9, ...expected, 9]);
  }
});
