import assert from "node:assert/strict";
import { AUTO_BATCH, BatchChoice } from "./batch_choice.ts";

/** Answers questions that all wait, at given speeds; the sizes that were asked for. */
function run(choice: BatchChoice, waiting: number, single: number, batched: number): number[] {
  const sizes: number[] = [];
  while (waiting > 0) {
    const size = choice.next(waiting);
    assert.ok(size >= 1 && size <= waiting);
    // The first answer of a run is slow: whatever is loaded lazily is loaded then.
    choice.record(size, size > 1 ? batched : sizes.length === 0 ? 99 : single);
    sizes.push(size);
    waiting -= size;
  }
  return sizes;
}

Deno.test("a number is kept to", () => {
  assert.deepEqual(run(new BatchChoice(3), 8, 1, 9), [3, 3, 2]);
  assert.deepEqual(run(new BatchChoice(1), 3, 9, 1), [1, 1, 1]);
});

Deno.test("auto times some questions alone and some together, and stays with the faster way", () => {
  const chosen: [number, number, number][] = [];
  const told = (...given: [number, number, number]) => chosen.push(given);
  assert.deepEqual(run(new BatchChoice("auto", told), 16, 1, 0.5), [1, 1, 1, 1, 1, 4, 4, 3]);
  assert.deepEqual(run(new BatchChoice("auto", told), 11, 1, 1.5), [1, 1, 1, 1, 1, 4, 1, 1]);
  assert.deepEqual(chosen, [[AUTO_BATCH, 1, 0.5], [1, 1, 1.5]]);
});

Deno.test("four orders of a question count by what they cost together, wherever the timing begins", () => {
  // One order is read whole, and the three after it only from the choices on: 0.4 s on average.
  for (const [batched, size] of [[0.35, 4], [0.45, 1]] as const) {
    for (let start = 0; start < 4; start++) {
      const choice = new BatchChoice("auto");
      for (let at = start; at < start + 5; at++) choice.record(1, at % 4 === 0 ? 1 : 0.2);
      assert.equal(choice.next(8), AUTO_BATCH);
      choice.record(AUTO_BATCH, batched);
      assert.equal(choice.next(8), size);
    }
  }
});

Deno.test("auto tries no batch before enough questions wait", () => {
  const choice = new BatchChoice("auto", () => assert.fail("nothing was compared"));
  for (let i = 0; i < 9; i++) {
    assert.equal(choice.next(AUTO_BATCH - 1), 1);
    choice.record(1, 1);
  }
});

Deno.test("where memory does not suffice for a batch, none is tried again", () => {
  for (const wanted of ["auto", 4] as const) {
    const choice = new BatchChoice(wanted);
    choice.giveUp();
    assert.deepEqual(run(choice, 6, 1, 0.1), [1, 1, 1, 1, 1, 1]);
  }
});
