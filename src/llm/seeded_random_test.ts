import assert from "node:assert/strict";
import { random } from "@huggingface/transformers";
import { seededRandom } from "./seeded_random.ts";

Deno.test("a seed gives the numbers of Python's random.Random", () => {
  // python3 -c "import random; r = random.Random(SEED); print(r.random(), r.random(), r.random())"
  for (
    const [seed, ...numbers] of [
      [0, 0.8444218515250481, 0.7579544029403025, 0.420571580830845],
      [42, 0.6394267984578837, 0.025010755222666936, 0.27502931836911926],
      [4294967303, 0.22550888929893187, 0.35860096918797, 0.7992331241239754],
      [9007199254740991, 0.09425040007102303, 0.22287455761867403, 0.19135148760372034],
    ] as const
  ) {
    const next = seededRandom(seed);
    assert.deepEqual(numbers.map(next), numbers);
  }
});

Deno.test("a seed gives the numbers that transformers.js would sample with, over several rounds", () => {
  for (const seed of [0, 1, 42, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    const [ours, theirs] = [seededRandom(seed), new random.Random(seed)];
    for (let i = 0; i < 2000; i++) {
      assert.equal(ours(), theirs.random(), `seed ${seed}, number ${i}`);
    }
  }
});
