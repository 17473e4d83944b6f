import assert from "node:assert/strict";
import { Tensor } from "onnxruntime-common";
import { SharedCache } from "./shared_cache.ts";

function cacheWith(...writes: readonly (readonly [first: number, count: number])[]): SharedCache {
  const tensor = new Tensor("float32", new Float32Array(8), [1, 1, 8, 1]);
  const cache = new SharedCache({ past: tensor }, 8);
  for (const [first, count] of writes) cache.write(first, count);
  return cache;
}

Deno.test("a view lasts while tokens are written behind it", () => {
  const cache = cacheWith([0, 4]);
  const view = cache.view(4);
  const start = cache.view(2);
  cache.write(4, 3);
  assert.deepEqual([view, start, cache.view(7)].map((one) => cache.holds(one)), [true, true, true]);
});

Deno.test("a view ends with a write into it, or before its end", () => {
  const cache = cacheWith([0, 6]);
  const views = [1, 2, 3, 6].map((length) => cache.view(length));
  cache.write(2, 1);
  assert.deepEqual(views.map((view) => cache.holds(view)), [true, true, false, false]);
  // Written up to there again, with other tokens.
  cache.write(3, 3);
  assert.deepEqual(views.map((view) => cache.holds(view)), [true, true, false, false]);
});

Deno.test("views outlast larger buffers; another cache's are not held", () => {
  const cache = cacheWith([0, 3]);
  const old = cache.tensors.past!;
  const view = cache.view(3);
  assert.ok(!cacheWith([0, 3]).holds(view));
  cache.grow({ past: new Tensor("float32", new Float32Array(16), [1, 1, 16, 1]) }, 16);
  assert.ok(cache.holds(view));
  assert.deepEqual([cache.capacity, cache.tensors.past!.dims[2]], [16, 16]);
  // Given back at once.
  assert.equal((old.data as Float32Array).length, 0);
});
