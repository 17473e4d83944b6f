import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { queryLevels, rowBytes } from "./dot_kernel.ts";
import { dotProduct, randomVectors, writeVectors } from "./vector_double.ts";
import { VectorFile, vectorFileBytes, vectorHeader } from "./vector_file.ts";

const largest = (vector: Float32Array) => Math.max(...vector.map(Math.abs));

/**
 * How far the score of a stored vector may be from the true dot product, both of length 1. Rounding
 * moves a row by at most half a step in each number, and giving it its length back by no more than
 * that once again; the query is rounded too, to much smaller steps.
 */
function errorBound(vector: Float32Array, query: Float32Array): number {
  const dimensions = vector.length;
  const moved = Math.sqrt(dimensions) * largest(vector) / 127;
  const queryMoved = Math.sqrt(dimensions) * largest(query) / queryLevels(dimensions) / 2;
  return moved + queryMoved * (1 + moved) + 1e-6;
}

Deno.test("the scan finds what exact arithmetic finds, within the error of 8 bits", () =>
  inTempFolder((folder) =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 2, max: 100 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        async (count, dimensions, limit, seed) => {
          const path = join(folder, "vectors.bin");
          const [query, ...vectors] = randomVectors(count + 1, dimensions, seed);
          await writeVectors(path, vectors);
          const file = VectorFile.open(path, { dimensions, count });
          const hits = await file.scan(query!, limit);
          const exact = vectors.map((vector) => dotProduct(vector, query!));
          const bound = (vector: number) => errorBound(vectors[vector]!, query!);
          assert.equal(hits.length, Math.min(count, limit));
          for (const { vector, score } of hits) {
            assert.ok(Math.abs(score - exact[vector]!) <= bound(vector), `${vector}`);
          }
          // Nothing that was left out is better than what was kept by more than both errors.
          const kept = new Set(hits.map(({ vector }) => vector));
          const last = hits.at(-1)!;
          for (let other = 0; other < count; other++) {
            if (kept.has(other)) continue;
            assert.ok(exact[other]! <= last.score + bound(other), `${other} was left out`);
          }
          file.close();
        },
      ),
      { numRuns: 60 },
    )
  ));

Deno.test("with WebAssembly and without it the hits are the same to the last bit", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "vectors.bin");
    const [query, ...vectors] = randomVectors(5001, 130, 4);
    // Equal ones keep their order.
    vectors[4000] = vectors[17]!;
    await writeVectors(path, vectors);
    const files = [true, false].map((allowSimd) =>
      VectorFile.open(path, { dimensions: 130, count: 5000, allowSimd })
    );
    for (const asked of [query!, vectors[17]!]) {
      const [simd, plain] = await Promise.all(files.map((file) => file.scan(asked, 50)));
      assert.deepEqual(simd, plain);
      assert.equal(simd!.length, 50);
      const numbers = simd!.map(({ vector }) => vector);
      assert.deepEqual(files[0]!.score(asked, numbers), simd);
    }
    const hits = await files[0]!.scan(vectors[17]!, 2);
    assert.deepEqual(hits.map(({ vector }) => vector), [17, 4000]);
    assert.ok(hits[0]!.score > 0.9999 && hits[0]!.score < 1.00001);
    for (const file of files) file.close();
  }));

Deno.test("vectors of zeros are never found, and fewer vectors than asked for are all", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "vectors.bin");
    const [query, a, b] = randomVectors(3, 20, 9);
    await writeVectors(path, [new Float32Array(20), a!, new Float32Array(20), b!]);
    const file = VectorFile.open(path, { dimensions: 20, count: 4 });
    const hits = await file.scan(query!, 10);
    assert.deepEqual(hits.map(({ vector }) => vector).sort(), [1, 3]);
    assert.deepEqual([...file.read(0)], Array(20).fill(0));
    const restored = file.read(3);
    assert.ok(Math.abs(dotProduct(restored, restored) - 1) < 1e-6);
    assert.ok(dotProduct(restored, b!) > 0.9999);
    assert.throws(() => file.read(4), /no vector 4, only 0 to 3/);
    await assert.rejects(file.scan(new Float32Array(19), 1), /19 numbers, not 20/);
    await assert.rejects(file.scan(new Float32Array(20).fill(NaN), 1), /holds NaN/);
    file.close();
    file.close();
  }));

Deno.test("scans that overlap do not disturb each other, and a signal ends one", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "vectors.bin");
    const vectors = randomVectors(3000, 64, 11);
    await writeVectors(path, vectors);
    const file = VectorFile.open(path, { dimensions: 64, count: 3000 });
    const aborted = file.scan(vectors[5]!, 1, AbortSignal.abort());
    const found = await Promise.all(vectors.slice(0, 20).map((one) => file.scan(one, 1)));
    assert.deepEqual(found.map(([hit]) => hit!.vector), Array.from({ length: 20 }, (_, at) => at));
    await assert.rejects(aborted, { name: "AbortError" });
    file.close();
  }));

Deno.test("a file that is not what it should be is refused", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "vectors.bin");
    await writeVectors(path, randomVectors(7, 33, 1));
    const open = (dimensions: number, count: number) =>
      VectorFile.open(path, { dimensions, count }).close();
    open(33, 7);
    assert.equal((await Deno.stat(path)).size, vectorFileBytes(33, 7));
    assert.throws(() => open(33, 8), /it has 396 bytes, and 8 vectors of 33 numbers take 448/);
    // The same size, as the padding is the same.
    assert.equal(rowBytes(33), rowBytes(34));
    assert.throws(() => open(34, 7), /header is not that of vectors of 34 numbers/);
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.with(3, 0));
    assert.throws(() => open(33, 7), /header/);
    assert.equal(vectorHeader(33).length, 32);
    assert.throws(
      () => VectorFile.open(join(folder, "none"), { dimensions: 1, count: 1 }),
      Deno.errors.NotFound,
    );
  }));
