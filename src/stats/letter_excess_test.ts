import assert from "node:assert/strict";
import fc from "fast-check";
import { letterExcess } from "./letter_excess.ts";
import { findLetterTakeover } from "./letter_takeover.ts";

const counts = fc.record({ a: fc.nat(60), b: fc.nat(60), c: fc.nat(60), d: fc.nat(60) });

Deno.test("the p-value is the binomial tail of the most frequent letter, times four", () => {
  const even = { a: 1, b: 1, c: 1, d: 1 };
  // 4 · P(X ≥ 3 | 4, 1/4) = 4 · (4 · 3 + 1) / 256
  const found = letterExcess({ a: 0, b: 3, c: 1, d: 0 }, even)!;
  assert.deepEqual([found.letter, found.count, found.answered], ["b", 3, 4]);
  assert.ok(Math.abs(found.pValue - 4 * 13 / 256) < 1e-12);
  assert.equal(letterExcess({ a: 0, b: 0, c: 0, d: 0 }, even), undefined);
  assert.equal(letterExcess({ a: 5, b: 5, c: 5, d: 5 }, even)!.pValue, 1);
  assert.equal(letterExcess(even, { a: 0, b: 0, c: 0, d: 0 })!.expectedShare, 0.25);
});

Deno.test("it says of a collapse what an evaluation says", () => {
  fc.assert(
    fc.property(counts, counts, (predicted, gold) => {
      fc.pre(Object.values(gold).some((count) => count > 0));
      const takeover = findLetterTakeover(predicted, gold);
      const test = letterExcess(predicted, gold);
      assert.equal(test?.isCollapse ?? false, takeover !== undefined);
      if (takeover !== undefined) assert.equal(test!.pValue, takeover.pValue);
    }),
    { numRuns: 500, seed: 5 },
  );
});
