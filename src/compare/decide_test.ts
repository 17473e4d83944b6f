import assert from "node:assert/strict";
import { decide, decidingP } from "./decide.ts";
import { type PairedStatistics, pairedStatistics } from "./paired_statistics.ts";
import { mcNemarPower } from "../stats/mcnemar_power.ts";
import { sensitivity } from "./sensitivity.ts";

/** Statistics that all agree on "better". */
const AGREED: PairedStatistics = {
  ...pairedStatistics(
    Array.from({ length: 60 }, (_, index) => ({
      isFirstRight: index % 3 === 0,
      isSecondRight: index % 3 !== 1,
      cluster: index,
    })),
    { resamples: 500, seed: 1 },
  ),
};

const verdictOf = (changed: Partial<PairedStatistics>) => {
  const statistics = { ...AGREED, ...changed };
  return decide(statistics, decidingP(statistics));
};

Deno.test("better or worse needs all three: McNemar, its clustered form, and the interval", () => {
  assert.equal(verdictOf({}), "better");
  const not = "no_difference_shown";
  assert.equal(verdictOf({ mcnemar: { exact: 0.05, midP: 0.01 } }), not);
  assert.equal(verdictOf({ clusteredP: 0.05 }), not);
  assert.equal(verdictOf({ bootstrap: { low: 0, high: 0.3 } }), not);
  assert.equal(verdictOf({ bootstrap: { low: -0.3, high: 0 } }), not);
  assert.equal(verdictOf({ mcnemar: { exact: 0.049, midP: 0.05 }, clusteredP: 0.049 }), "better");
  assert.equal(
    verdictOf({ difference: -0.3, bootstrap: { low: -0.4, high: -0.1 } }),
    "worse",
  );
  assert.equal(decide(AGREED, 0.05), not);
});

Deno.test("without an interval the tests decide, and equal numbers of flips are no difference", () => {
  const { bootstrap: _none, ...without } = AGREED;
  assert.equal(decide(without, 0.001), "better");
  assert.equal(
    verdictOf({ counts: { bothRight: 9, gained: 20, lost: 20, bothWrong: 9 } }),
    "no_difference_shown",
  );
});

Deno.test("questions that share articles count for fewer, and more of them are needed", () => {
  const statistics: PairedStatistics = {
    ...AGREED,
    total: 140,
    counts: { bothRight: 50, gained: 30, lost: 15, bothWrong: 45 },
    difference: 15 / 140,
  };
  const alone = sensitivity({ ...statistics, designEffect: 0.9 });
  const shared = sensitivity({ ...statistics, designEffect: 2 });
  assert.equal(alone.effectiveQuestions, 140);
  assert.equal(shared.effectiveQuestions, 70);
  assert.equal(alone.discordance, 45 / 140);
  assert.ok(shared.detectable! > 1.3 * alone.detectable!);
  assert.equal(shared.questionsNeeded, 2 * alone.questionsNeeded!);
});

Deno.test("several comparisons detect less and need more: Holm's strictest step", () => {
  const statistics: PairedStatistics = {
    ...AGREED,
    total: 140,
    counts: { bothRight: 50, gained: 30, lost: 15, bothWrong: 45 },
    difference: 15 / 140,
    designEffect: 1,
  };
  const one = sensitivity(statistics);
  const three = sensitivity(statistics, 3);
  assert.deepEqual([one.alpha, three.alpha], [0.05, 0.05 / 3]);
  assert.ok(three.detectable! > 1.1 * one.detectable!);
  assert.ok(three.questionsNeeded! > 1.2 * one.questionsNeeded!);
  const shares = [three.effectiveQuestions, three.discordance, three.detectable!] as const;
  const power = mcNemarPower(...shares, 0.05 / 3);
  assert.ok(Math.abs(power - 0.8) < 0.01, String(power));
});
