import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseDiverse } from "./choose_diverse.ts";

/** Similarity by a table; symmetric. */
const by = (table: readonly (readonly number[])[]) => (a: number, b: number) => table[a]![b]!;

Deno.test("a copy of what was chosen gives way to something else", () => {
  const table = [[1, 1, 0.1], [1, 1, 0.1], [0.1, 0.1, 1]];
  assert.deepEqual(chooseDiverse([0.9, 0.9, 0.6], by(table), 0.5, 3), [0, 2, 1]);
  assert.deepEqual(chooseDiverse([0.9, 0.9, 0.6], by(table), 1, 3), [0, 1, 2]);
  assert.deepEqual(chooseDiverse([0.5, 0.9, 0.6], by(table), 0, 2), [1, 2]);
});

Deno.test("each choice is the best by the formula, worked out anew", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8 }),
      fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat({ max: 10 }),
      (count, numbers, lambda, limit) => {
        const next = () => numbers.next().value as number;
        const relevance = Array.from({ length: count }, next);
        const table = relevance.map(() => relevance.map(() => 0));
        for (let a = 0; a < count; a++) {
          for (let b = 0; b <= a; b++) table[a]![b] = table[b]![a] = next();
        }
        const chosen = chooseDiverse(relevance, by(table), lambda, limit);
        assert.equal(chosen.length, Math.min(count, limit));
        assert.equal(new Set(chosen).size, chosen.length);
        const worth = (place: number, before: number[]) =>
          before.length === 0 ? relevance[place]! : lambda * relevance[place]! -
            (1 - lambda) * Math.max(...before.map((other) => table[place]![other]!));
        chosen.forEach((place, at) => {
          const before = chosen.slice(0, at);
          const left = relevance.map((_, other) => other).filter((one) => !before.includes(one));
          const best = Math.max(...left.map((one) => worth(one, before)));
          assert.equal(worth(place, before), best);
        });
      },
    ),
  );
});

Deno.test("λ outside 0…1 is refused", () => {
  for (const lambda of [-0.1, 1.1, NaN]) {
    assert.throws(() => chooseDiverse([1], by([[1]]), lambda, 1), RangeError);
  }
});
