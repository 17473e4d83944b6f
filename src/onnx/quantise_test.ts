import assert from "node:assert/strict";
import fc from "fast-check";
import { BlockQuantiser } from "./block_quantiser.ts";
import { quantiseBlock8 } from "./quantise_block8.ts";

const SIZE = 32;
const RUNS = { seed: 4, numRuns: 400 };
const QUANTISER = new BlockQuantiser();
const ROUNDINGS = { float32: Math.fround, float16: Math.f16round };

/** Blocks as weights come, and worse. */
const blocks = fc.oneof(
  fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: SIZE, maxLength: SIZE }),
  // A few values far from the rest.
  fc.array(
    fc.oneof(
      {
        weight: 15,
        arbitrary: fc.float({ min: Math.fround(-0.1), max: Math.fround(0.1), noNaN: true }),
      },
      { weight: 1, arbitrary: fc.float({ min: -20, max: 20, noNaN: true }) },
    ),
    { minLength: SIZE, maxLength: SIZE },
  ),
  // On one side of zero.
  fc.array(fc.float({ min: 3, max: 4, noNaN: true }), { minLength: SIZE, maxLength: SIZE }),
  fc.float({ min: -5, max: 5, noNaN: true }).map((value) => new Array<number>(SIZE).fill(value)),
  fc.array(fc.float({ min: Math.fround(-1e-6), max: Math.fround(1e-6), noNaN: true }), {
    minLength: SIZE,
    maxLength: SIZE,
  }),
  fc.array(fc.constantFrom(-1, 0, 0.5, 1), { minLength: 1, maxLength: SIZE }),
  fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: SIZE }),
);

interface Quantised {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly q: Uint8Array;
  readonly error: number;
}

function run4(values: readonly number[], round: (scale: number) => number): Quantised {
  // What is left of a larger row must not be seen.
  QUANTISER.quantise(new Float32Array(2 * SIZE).fill(9e9), false);
  const row = QUANTISER.quantise(Float32Array.from(values), round === ROUNDINGS.float16);
  const q = new Uint8Array(SIZE);
  row.bytes.forEach((byte, i) => q.set([byte & 15, byte >> 4], 2 * i));
  assert.deepEqual([row.scales.length, row.zeroPoints.length], [1, 1]);
  return { scale: row.scales[0]!, zeroPoint: row.zeroPoints[0]!, q, error: row.errorSquared };
}

function run8(values: readonly number[], round: (scale: number) => number): Quantised {
  const w = Float32Array.from([9e9, ...values, 9e9]);
  const q = new Uint8Array(SIZE).fill(77);
  const result = { scale: NaN };
  const error = quantiseBlock8(w, 1, 1 + values.length, q, result, round);
  return { ...result, zeroPoint: 128, q, error };
}

/** Squared error of a scale and zero point with every value at its nearest level. */
function plainError(values: readonly number[], scale: number, zero: number, most: number): number {
  let error = 0;
  for (const value of Float32Array.from(values)) {
    const level = scale === 0
      ? zero
      : Math.min(most, Math.max(0, Math.round(value / scale) + zero));
    error += (value - scale * (level - zero)) ** 2;
  }
  return error;
}

function decodedError(values: readonly number[], { scale, zeroPoint, q }: Quantised): number {
  return Float32Array.from(values)
    .reduce((sum, value, i) => sum + (value - scale * (q[i]! - zeroPoint)) ** 2, 0);
}

for (const [type, round] of Object.entries(ROUNDINGS)) {
  Deno.test(`4 bits, ${type} scales: never worse than min-max or symmetric rounding`, () =>
    fc.assert(
      fc.property(blocks, (values) => {
        const { error } = run4(values, round);
        const low = Math.min(0, ...values);
        const high = Math.max(0, ...values);
        const range = round((high - low) / 15);
        const zero = range === 0 ? 8 : Math.min(15, Math.max(0, Math.round(-low / range)));
        const minMax = plainError(values, range, zero, 15);
        const extreme = high > -low ? high : low;
        const symmetric = plainError(values, round(-extreme / 8), 8, 15);
        const least = Math.min(minMax, symmetric);
        assert.ok(
          error <= least * (1 + 1e-4) + 1e-9 * Math.max(high, -low) ** 2 + 1e-36,
          `${error} > ${least}`,
        );
      }),
      RUNS,
    ));

  Deno.test(`${type} scales: what is stored has the error that is told, in 4 and in 8 bits`, () =>
    fc.assert(
      fc.property(blocks, (values) => {
        for (const [quantised, most] of [[run4(values, round), 15], [run8(values, round), 255]]) {
          const { scale, zeroPoint, q, error } = quantised as Quantised;
          assert.equal(round(scale), scale);
          assert.ok(Number.isInteger(zeroPoint) && zeroPoint >= 0 && zeroPoint <= Number(most));
          assert.ok(q.every((level) => level <= Number(most)));
          const decoded = decodedError(values, quantised as Quantised);
          // Each difference is off by a float32's last digit of the value.
          const noise = 1e-6 * Math.max(...values.map(Math.abs));
          const allowed = 1e-5 * decoded + noise * Math.sqrt(decoded * SIZE) + noise ** 2 * SIZE;
          assert.ok(Math.abs(decoded - error) <= allowed + 1e-30, `${decoded} ${error}`);
          // Padding stands for zeros.
          assert.ok(q.subarray(values.length).every((level) => level === zeroPoint));
        }
      }),
      RUNS,
    ));

  Deno.test(`8 bits, ${type} scales: every value within half a step`, () =>
    fc.assert(
      fc.property(blocks, (values) => {
        const { scale, q } = run8(values, round);
        const largest = Math.max(...values.map(Math.abs));
        // Below the normal range of their type, scales have few digits.
        if (largest / 127 < (type === "float16" ? 1e-4 : 1e-37)) return;
        assert.ok(Math.abs(scale - largest / 127) <= largest / 127 * 1e-3);
        Float32Array.from(values).forEach((value, i) => {
          const missed = Math.abs(value - scale * (q[i]! - 128));
          assert.ok(missed <= scale * (0.5 + 0.07), `${value}: ${missed}, step ${scale}`);
        });
      }),
      RUNS,
    ));
}

Deno.test("the fitted scale lowers the error of usual weights well below min-max's", () => {
  // Sums of uniform values: nearly normal.
  let state = 7;
  const next = () => (state = state * 16807 % 2147483647) / 2147483647;
  let ours = 0;
  let minMax = 0;
  for (let block = 0; block < 300; block++) {
    const values = Array.from(
      { length: SIZE },
      () => Array.from({ length: 6 }, next).reduce((a, b) => a + b) - 3,
    );
    ours += run4(values, Math.fround).error;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const scale = (high - low) / 15;
    minMax += plainError(values, scale, Math.round(-low / scale), 15);
  }
  assert.ok(ours < 0.94 * minMax, `${ours / minMax}`);
});

Deno.test("zeros, and what is too small for the scale's type, become zeros", () => {
  for (const run of [run4, run8]) {
    for (const round of Object.values(ROUNDINGS)) {
      const zeros = run(new Array(SIZE).fill(0), round);
      assert.deepEqual([zeros.scale, zeros.error], [0, 0]);
      assert.ok(zeros.q.every((level) => level === zeros.zeroPoint));
    }
    const tiny = run(new Array(SIZE).fill(1e-9), Math.f16round);
    assert.equal(tiny.scale, 0);
    assert.ok(Math.abs(tiny.error - SIZE * 1e-18) < 1e-22);
  }
});

Deno.test("constants are exact, whatever their sign", () => {
  for (const value of [0.5, -0.5, 3, -7.25]) {
    const four = run4(new Array(SIZE).fill(value), Math.fround);
    assert.ok(four.error <= 1e-12, `${value}: ${four.error}`);
    assert.ok(run8(new Array(SIZE).fill(value), Math.fround).error <= 1e-12);
  }
});
