import assert from "node:assert/strict";
import fc from "fast-check";
import type { ArticleHit } from "../search/article_search.ts";
import { fuseHits, type Ranking } from "./fuse_hits.ts";
import { FUSION_METHODS, type FusionMethod } from "./fusion_method.ts";

/** Hits on units in this order; scores fall by 1, rows are 10 times the unit. */
function hitsOn(...units: number[]): ArticleHit[] {
  return units.map((unit, at) => ({ unit, score: units.length - at, bestRow: 10 * unit }));
}

const unitsOf = (hits: readonly ArticleHit[]) => hits.map(({ unit }) => unit);

Deno.test("reciprocal rank fusion adds 1 / (k + rank)", () => {
  const rankings = [{ hits: hitsOn(7, 3, 5), weight: 9 }, { hits: hitsOn(5, 7), weight: 0 }];
  assert.deepEqual(fuseHits(rankings, { method: "rrf", rrfK: 60 }), [
    { unit: 7, score: 1 / 61 + 1 / 62, bestRow: 70 },
    { unit: 5, score: 1 / 61 + 1 / 63, bestRow: 50 },
    { unit: 3, score: 1 / 62, bestRow: 30 },
  ]);
  const weighted = fuseHits(rankings, { method: "weighted_rrf", rrfK: 1 });
  assert.deepEqual(weighted.map(({ unit, score }) => [unit, score]), [
    [7, 9 / 2],
    [3, 9 / 3],
    [5, 9 / 4],
  ]);
});

Deno.test("weighted fusion adds scores that were brought to 0…1", () => {
  const words = [
    { unit: 1, score: 30, bestRow: 1 },
    { unit: 2, score: 20, bestRow: 2 },
    { unit: 3, score: 10, bestRow: 3 },
  ];
  const meaning = [
    { unit: 3, score: 0.9, bestRow: 4 },
    { unit: 4, score: 0.9, bestRow: 5 },
  ];
  const fused = fuseHits([{ hits: words, weight: 0.5 }, { hits: meaning, weight: 0.4 }], {
    method: "weighted",
    rrfK: 60,
  });
  assert.deepEqual(fused, [
    { unit: 1, score: 0.5, bestRow: 1 },
    { unit: 2, score: 0.25, bestRow: 2 },
    // Equal scores say nothing: one half each. The row is that of the ranking that gave more.
    { unit: 3, score: 0.2, bestRow: 4 },
    { unit: 4, score: 0.2, bestRow: 5 },
  ]);
});

const ranking: fc.Arbitrary<Ranking> = fc.record({
  hits: fc.uniqueArray(
    fc.record({
      unit: fc.nat({ max: 12 }),
      score: fc.double({ min: -50, max: 50, noNaN: true }),
      bestRow: fc.nat({ max: 100 }),
    }),
    { selector: ({ unit }) => unit, maxLength: 10 },
  ).map((hits) => hits.toSorted((a, b) => b.score - a.score)),
  weight: fc.double({ min: 0, max: 3, noNaN: true }),
});
const method = fc.constantFrom<FusionMethod>(...FUSION_METHODS);

Deno.test("the order of the rankings makes no difference, not even in the last bit", () => {
  fc.assert(
    fc.property(fc.array(ranking, { maxLength: 5 }), method, fc.nat(), (rankings, method, seed) => {
      const options = { method, rrfK: 60 };
      const shuffled = rankings.toSorted((a, b) => {
        return (rankings.indexOf(a) * 31 + seed) % 7 - (rankings.indexOf(b) * 31 + seed) % 7;
      });
      assert.deepEqual(fuseHits(shuffled, options), fuseHits(rankings, options));
      assert.deepEqual(fuseHits(rankings.toReversed(), options), fuseHits(rankings, options));
    }),
  );
});

Deno.test("every unit is there once, best first, and one ranking alone keeps its order", () => {
  fc.assert(fc.property(fc.array(ranking, { maxLength: 4 }), method, (rankings, method) => {
    const fused = fuseHits(rankings, { method, rrfK: 20 });
    const all = new Set(rankings.flatMap(({ hits }) => unitsOf(hits)));
    assert.deepEqual(new Set(unitsOf(fused)), all);
    assert.equal(fused.length, all.size);
    fused.forEach(({ score }, at) => assert.ok(at === 0 || score <= fused[at - 1]!.score));
    const [first] = rankings;
    if (first === undefined || method === "weighted") return;
    const alone = fuseHits([{ ...first, weight: 1 }], { method, rrfK: 20 });
    assert.deepEqual(unitsOf(alone), unitsOf(first.hits));
  }));
});

Deno.test("a unit that one ranking puts higher never falls behind others", () => {
  fc.assert(
    fc.property(
      fc.array(ranking, { minLength: 1, maxLength: 4 }),
      method,
      fc.nat(),
      fc.double({ min: 0.001, max: 60, noNaN: true }),
      (rankings, method, which, more) => {
        const [changed, ...rest] = rankings;
        const raised = changed!.hits[which % Math.max(1, changed!.hits.length)];
        if (raised === undefined) return;
        const hits = changed!.hits.map((hit) =>
          hit === raised ? { ...hit, score: hit.score + more } : hit
        )
          .toSorted((a, b) => b.score - a.score);
        const options = { method, rrfK: 60 };
        const before = fuseHits(rankings, options);
        const after = fuseHits([{ ...changed!, hits }, ...rest], options);
        const rank = (list: ArticleHit[]) => unitsOf(list).indexOf(raised.unit);
        assert.ok(rank(after) <= rank(before), `from ${rank(before)} to ${rank(after)}`);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("numbers that can't be meant are refused, and nothing fuses to nothing", () => {
  const one = { hits: hitsOn(1), weight: 1 };
  assert.throws(() => fuseHits([one], { method: "rrf", rrfK: 0 }), /is 0, not above 0/);
  assert.throws(
    () => fuseHits([{ ...one, weight: -1 }], { method: "weighted", rrfK: 60 }),
    /weight is -1/,
  );
  assert.deepEqual(fuseHits([], { method: "weighted", rrfK: 60 }), []);
  assert.deepEqual(fuseHits([{ hits: [], weight: 1 }], { method: "weighted", rrfK: 60 }), []);
});
