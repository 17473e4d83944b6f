import assert from "node:assert/strict";
import fc from "fast-check";
import { Fillings } from "./fillings.ts";
import { seededRandom } from "./seeded_random.ts";

/** Sizes that two sides can get, by trying every division of the groups. */
function bruteForce(sizes: readonly number[], caps: readonly number[]): Set<string> {
  let found = [[0, 0]];
  for (const size of sizes) {
    found = found.flatMap(([x, y]) => [[x! + size, y!], [x!, y! + size], [x!, y!]]);
  }
  return new Set(
    found.filter((filled) => filled.every((size, side) => size <= caps[side]!)).map(String),
  );
}

Deno.test("what is attainable is what dividing the groups in every way gives, and is drawn", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
      fc.tuple(fc.nat(9), fc.nat(9)),
      fc.nat(),
      (sizes, caps, seed) => {
        const fillings = Fillings.of(sizes, caps)!;
        const attainable = [...fillings.attainable()];
        assert.deepEqual(new Set(attainable.map(String)), bruteForce(sizes, caps));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        for (const wanted of attainable) {
          const rest = total - wanted[0]! - wanted[1]!;
          const sides = fillings.draw(wanted, rest, seededRandom(seed));
          const filled = [0, 0, 0];
          for (const [group, side] of sides.entries()) filled[side]! += sizes[group]!;
          assert.deepEqual(filled, [...wanted, rest]);
        }
      },
    ),
    { numRuns: 200, seed: 6 },
  );
});

Deno.test("a table that would be too large is not made", () => {
  assert.equal(Fillings.of(new Array(5000).fill(1), [3000, 1000]), undefined);
});
