import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../tasks/demo/random.ts";
import { createDotKernel, type DotKernel, queryLevels, rowBytes } from "./dot_kernel.ts";

/** Fills a kernel with these bytes and numbers, and runs it. */
function dotsOf(kernel: DotKernel, rows: Uint8Array, query: Int16Array, count: number): number[] {
  kernel.rows.set(rows);
  kernel.query.fill(0);
  kernel.query.set(query);
  return [...kernel.run(count)];
}

Deno.test("WebAssembly and JavaScript give the same whole numbers, whatever the bytes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      (dimensions, count, seed) => {
        const random = seededRandom(seed);
        const options = { dimensions, capacity: 9 };
        const simd = createDotKernel(options);
        const plain = createDotKernel({ ...options, allowSimd: false });
        assert.deepEqual([simd.isSimd, plain.isSimd], [true, false]);
        // Scales, padding and -128 may be anything in a damaged file.
        const rows = Uint8Array.from(
          { length: count * rowBytes(dimensions) },
          () => random.below(256),
        );
        const query = Int16Array.from({ length: dimensions }, () => random.below(65536) - 32768);
        assert.deepEqual(dotsOf(simd, rows, query, count), dotsOf(plain, rows, query, count));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("the largest numbers that a query may have do not overflow", () => {
  for (const dimensions of [1, 256, 384, 768, 1024, 4096, 8192]) {
    const kernel = createDotKernel({ dimensions, capacity: 2 });
    const levels = queryLevels(dimensions);
    const rows = new Uint8Array(2 * rowBytes(dimensions));
    rows.fill(127, 4, 4 + dimensions);
    rows.fill(129, rowBytes(dimensions) + 4, rowBytes(dimensions) + 4 + dimensions);
    const query = new Int16Array(dimensions).fill(levels);
    const expected = 127 * levels * dimensions;
    assert.deepEqual(dotsOf(kernel, rows, query, 2), [expected, -expected]);
    assert.ok(expected < 2 ** 31);
  }
});

Deno.test("no rows take no time and too many are refused", () => {
  for (const allowSimd of [true, false]) {
    const kernel = createDotKernel({ dimensions: 5, capacity: 3, allowSimd });
    assert.equal(kernel.run(0).length, 0);
    assert.equal(kernel.run(3).length, 3);
    assert.throws(() => kernel.run(4), RangeError);
  }
});
