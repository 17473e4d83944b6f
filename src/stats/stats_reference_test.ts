import assert from "node:assert/strict";
import { bcaInterval } from "./bca_interval.ts";
import { binomialUpperTail } from "./binomial_tail.ts";
import { blindAccuracy } from "./blind_accuracy.ts";
import { measureCalibration } from "./calibration.ts";
import { clusterBootstrapInterval } from "./cluster_bootstrap.ts";
import { designEffect } from "./design_effect.ts";
import { fleissKappa } from "./fleiss_kappa.ts";
import { holmAdjustment } from "./holm_adjustment.ts";
import { mcNemarPValues } from "./mcnemar_p_values.ts";
import {
  connorQuestions,
  mcNemarPower,
  minimumDetectableDifference,
  questionsNeeded,
} from "./mcnemar_power.ts";
import { newcombePairedInterval } from "./newcombe_paired_interval.ts";
import { signFlipPValue } from "./sign_flip_p_value.ts";
import reference from "./stats_reference.json" with { type: "json" };
import { wilsonInterval } from "./wilson_interval.ts";

function close(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

function closeInterval(
  actual: { low: number; high: number } | undefined,
  [low, high]: readonly number[],
  tolerance = 1e-9,
): void {
  assert.ok(actual !== undefined);
  close(actual.low, low!, tolerance);
  close(actual.high, high!, tolerance);
}

Deno.test("Wilson intervals and binomial tails equal statsmodels and SciPy", () => {
  for (const { successes, trials, interval } of reference.wilson) {
    closeInterval(wilsonInterval(successes, trials), interval);
  }
  for (const { k, n, p, tail } of reference.binomialTail) {
    const actual = binomialUpperTail(k, n, p);
    assert.ok(Math.abs(actual - tail) <= 1e-9 * tail, `${actual} is not ${tail}`);
  }
});

Deno.test("exact McNemar and mid-p equal statsmodels and SciPy, down to tiny p-values", () => {
  for (const { gained, lost, exact, midP } of reference.mcnemar) {
    const actual = mcNemarPValues(gained, lost);
    assert.ok(Math.abs(actual.exact - exact) <= 1e-9 * exact, `${gained} ${lost}`);
    assert.ok(Math.abs(actual.midP - midP) <= 1e-8 * midP, `${gained} ${lost}`);
  }
  assert.deepEqual(mcNemarPValues(0, 0), { exact: 1, midP: 1 });
});

Deno.test("Newcombe's paired intervals equal the reference and the published examples", () => {
  for (const { interval, ...counts } of reference.newcombe) {
    closeInterval(newcombePairedInterval(counts), interval);
  }
  // Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014); Altman et al. (2000), table 6.2.
  const published = [
    [{ bothRight: 1, gained: 7, lost: 1, bothWrong: 12 }, [0.026, 0.507]],
    [{ bothRight: 14, gained: 0, lost: 5, bothWrong: 22 }, [-0.226, -0.011]],
  ] as const;
  for (const [counts, interval] of published) {
    closeInterval(newcombePairedInterval(counts), interval, 6e-4);
  }
  const turned = newcombePairedInterval({ bothRight: 60, gained: 9, lost: 14, bothWrong: 57 });
  const straight = newcombePairedInterval({ bothRight: 60, gained: 14, lost: 9, bothWrong: 57 });
  closeInterval(turned, [-straight.high, -straight.low]);
});

Deno.test("BCa intervals equal SciPy's for the same resamples", () => {
  for (const { clusters, replicates, interval } of reference.bca) {
    const total = clusters.reduce(
      (all, one) => ({ sum: all.sum + one.sum, size: all.size + one.size }),
    );
    closeInterval(
      bcaInterval({
        observed: total.sum / total.size,
        replicates: Float64Array.from(replicates),
        jackknife: clusters.map(({ sum, size }) => (total.sum - sum) / (total.size - size)),
      }),
      interval,
    );
  }
});

Deno.test("the cluster bootstrap is repeatable, symmetric, and undefined without spread", () => {
  const clusters = reference.bca[2]!.clusters;
  const options = { resamples: 4000, seed: 7 };
  const interval = clusterBootstrapInterval(clusters, options)!;
  assert.deepEqual(clusterBootstrapInterval(clusters, options), interval);
  assert.notDeepEqual(clusterBootstrapInterval(clusters, { ...options, seed: 8 }), interval);
  const turned = clusters.map(({ sum, size }) => ({ sum: -sum, size }));
  closeInterval(clusterBootstrapInterval(turned, options), [-interval.high, -interval.low], 0.01);
  const unchanged = clusters.map(({ size }) => ({ sum: 0, size }));
  assert.equal(clusterBootstrapInterval(unchanged, options), undefined);
  assert.equal(clusterBootstrapInterval([{ sum: 2, size: 5 }], options), undefined);
});

Deno.test("drawing clusters widens the interval where their questions change together", () => {
  const together = Array.from({ length: 40 }, (_, k) => ({ sum: k % 4 === 0 ? 3 : 0, size: 3 }));
  const apart = together.flatMap(({ sum }) =>
    Array.from({ length: 3 }, () => ({ sum: sum / 3, size: 1 }))
  );
  const width = (interval?: { low: number; high: number }) => interval!.high - interval!.low;
  const ratio = width(clusterBootstrapInterval(together)) / width(clusterBootstrapInterval(apart));
  assert.ok(Math.abs(ratio - Math.sqrt(3)) < 0.15, String(ratio));
  close(designEffect(together, 30)!, 3);
});

Deno.test("sign flips of clusters equal SciPy's exact permutations, and McNemar's for single ones", () => {
  for (const { sums, p } of reference.signFlip) close(signFlipPValue(sums), p);
  for (const [gained, lost] of [[0, 3], [5, 5], [14, 9], [236, 1]] as const) {
    const sums = [...Array(gained).fill(1), ...Array(lost).fill(-1), 0, 0];
    const { exact } = mcNemarPValues(gained, lost);
    assert.ok(Math.abs(signFlipPValue(sums) - exact) <= 1e-9 * exact);
  }
  assert.equal(signFlipPValue([0, 0]), 1);
});

Deno.test("design effects equal statsmodels' cluster-robust variance", () => {
  for (const { clusters, discordant, effect } of reference.designEffect) {
    close(designEffect(clusters, discordant)!, effect);
  }
  assert.equal(designEffect([{ sum: 0, size: 4 }], 0), undefined);
});

Deno.test("power equals the sum over all tables; detectable differences have 80 % of it", () => {
  for (const { questions, discordance, difference, power } of reference.power) {
    close(mcNemarPower(questions, discordance, difference), power, 1e-8);
  }
  for (const { discordance, difference, questions } of reference.connor) {
    assert.equal(connorQuestions(discordance, difference), questions);
  }
  for (const [questions, discordance] of [[140, 0.2], [140, 0.6], [1000, 0.1]] as const) {
    const detectable = minimumDetectableDifference(questions, discordance)!;
    close(mcNemarPower(questions, discordance, detectable), 0.8, 1e-3);
    const needed = questionsNeeded(discordance, detectable)!;
    assert.ok(Math.abs(needed / questions - 1) < 0.03, `${needed} for ${questions}`);
  }
  // Five changes can never be significant, whichever way they go.
  assert.equal(minimumDetectableDifference(140, 5 / 140), undefined);
  assert.equal(minimumDetectableDifference(140, 0), undefined);
  assert.equal(questionsNeeded(0.2, 0), undefined);
});

Deno.test("the normal formula takes over where it is as good as the exact power", () => {
  for (const discordance of [0.05, 0.2, 0.5]) {
    const difference = 0.04 * Math.sqrt(discordance);
    const needed = connorQuestions(discordance, difference);
    assert.ok(needed > 4500 && needed < 5500, String(needed));
    close(mcNemarPower(needed, discordance, difference), 0.8, 0.02);
  }
});

Deno.test("Holm's adjustment equals statsmodels", () => {
  for (const { p, adjusted } of reference.holm) {
    holmAdjustment(p).forEach((value, index) => close(value, adjusted[index]!));
  }
  assert.deepEqual(holmAdjustment([]), []);
});

Deno.test("Brier score and calibration error equal NumPy's; bins hold every question", () => {
  for (const { probabilities, correct, ece, brier, counts } of reference.calibration) {
    const letters = ["a", "b", "c", "d"] as const;
    const measured = measureCalibration(probabilities.map(([a, b, c, d], index) => ({
      probabilities: { a: a!, b: b!, c: c!, d: d! },
      correct: letters[correct[index]!]!,
    })))!;
    close(measured.ece, ece);
    close(measured.brier, brier);
    assert.deepEqual(measured.bins.map((bin) => bin.count), counts.filter((count) => count > 0));
  }
  assert.equal(measureCalibration([]), undefined);
});

Deno.test("blind accuracy is that of letters given without looking", () => {
  const gold = { a: 23, b: 37, c: 48, d: 32 };
  close(blindAccuracy({ a: 0, b: 0, c: 140, d: 0 }, gold, 140), 48 / 140);
  close(blindAccuracy({ a: 0, b: 0, c: 70, d: 0 }, gold, 140), 24 / 140);
  close(blindAccuracy({ a: 35, b: 35, c: 35, d: 35 }, gold, 140), 0.25);
});

Deno.test("Fleiss' kappa equals statsmodels", () => {
  for (const { ratings, kappa, pairwise } of reference.agreement) {
    const letters = ratings.map((row) =>
      row.map((place) => (["a", "b", "c", "d"] as const)[place]!)
    );
    const actual = fleissKappa(letters)!;
    close(actual.kappa!, kappa);
    close(actual.pairwise, pairwise);
    assert.equal(actual.questions, ratings.length);
  }
  const alike = [["b", "b", "b"], ["b", "b", "b"]] as const;
  assert.deepEqual(fleissKappa(alike), { questions: 2, pairwise: 1 });
  assert.equal(fleissKappa([]), undefined);
});
