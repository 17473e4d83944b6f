import assert from "node:assert/strict";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { decide, decidingP } from "./decide.ts";
import { type AnswerPair, pairedStatistics } from "./paired_statistics.ts";

/** Pairs of runs whose true difference is known; articles of three questions that agree. */
function drawPairs(gain: number, loss: number, random: () => number): AnswerPair[] {
  return Array.from({ length: 50 }).flatMap((_, cluster) => {
    const value = random();
    const isFirstRight = value >= gain && value < gain + loss || value > 0.7;
    const isSecondRight = value < gain || value > 0.7;
    return Array.from({ length: 3 }, () => ({ isFirstRight, isSecondRight, cluster }));
  });
}

function share(gain: number, loss: number, of: "decided" | "covered"): number {
  const generator = xoroshiro128plus(11);
  const random = () => (generator.next() >>> 0) / 0x1_0000_0000;
  let count = 0;
  const runs = 300;
  for (let run = 0; run < runs; run++) {
    const pairs = drawPairs(gain, loss, random);
    const statistics = pairedStatistics(pairs, { resamples: 500, seed: run });
    const decision = decide(statistics, decidingP(statistics));
    const { low, high } = statistics.bootstrap!;
    const isCovered = low <= gain - loss && gain - loss <= high;
    if (of === "decided" ? decision !== "no_difference_shown" : isCovered) count++;
  }
  return count / runs;
}

Deno.test("without a true difference few pairs are called better or worse, also with articles", () => {
  const decided = share(0.2, 0.2, "decided");
  assert.ok(decided <= 0.05, String(decided));
});

Deno.test("a large true difference is found, and intervals hold the true one", () => {
  assert.ok(share(0.4, 0.05, "decided") >= 0.95);
  const covered = share(0.3, 0.1, "covered");
  assert.ok(covered > 0.9 && covered < 0.99, String(covered));
});

Deno.test("counts, shares and clusters are those of the pairs", () => {
  const pair = (first: number, second: number, cluster: number) => ({
    isFirstRight: first === 1,
    isSecondRight: second === 1,
    cluster,
  });
  const { counts, first, second, difference, clusterCount, largestCluster } = pairedStatistics([
    pair(1, 1, 0),
    pair(0, 1, 0),
    pair(0, 1, 1),
    pair(1, 0, 0),
    pair(0, 0, 2),
  ]);
  assert.deepEqual(counts, { bothRight: 1, gained: 2, lost: 1, bothWrong: 1 });
  assert.deepEqual([first.count, second.count, first.total], [2, 3, 5]);
  assert.equal(difference, 0.2);
  assert.deepEqual([clusterCount, largestCluster], [3, 3]);
});
