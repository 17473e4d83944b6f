import assert from "node:assert/strict";
import { binomialUpperTail } from "./binomial_tail.ts";
import { findLetterTakeover } from "./letter_takeover.ts";
import { wilsonInterval } from "./wilson_interval.ts";

const close = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

Deno.test("Wilson intervals equal published and independently computed values", () => {
  // statsmodels.stats.proportion.proportion_confint(method="wilson")
  const { low, high } = wilsonInterval(84, 140);
  close(low, 0.5172, 1e-4);
  close(high, 0.6775, 1e-4);
  // Both ends solve (p - share)² = z² p (1 - p) / n, which defines the interval.
  for (const [k, n] of [[1, 7], [23, 140], [139, 140], [500, 1000]] as const) {
    for (const end of Object.values(wilsonInterval(k, n))) {
      close((end - k / n) ** 2, 1.959963984540054 ** 2 * end * (1 - end) / n, 1e-12);
    }
  }
  assert.equal(wilsonInterval(0, 10).low, 0);
  assert.equal(wilsonInterval(10, 10).high, 1);
  assert.throws(() => wilsonInterval(0, 0), RangeError);
  assert.throws(() => wilsonInterval(5, 4), RangeError);
});

Deno.test("binomial tails equal sums of the exact terms", () => {
  const choose = (n: number, k: number) => {
    let value = 1;
    for (let i = 1; i <= k; i++) value = value * (n - k + i) / i;
    return value;
  };
  for (const [n, p] of [[4, 0.25], [20, 0.3], [60, 0.5]] as const) {
    for (let k = 0; k <= n; k++) {
      let sum = 0;
      for (let i = k; i <= n; i++) sum += choose(n, i) * p ** i * (1 - p) ** (n - i);
      close(binomialUpperTail(k, n, p) / sum, 1, 1e-10);
    }
  }
  close(binomialUpperTail(0.343 * 100_000, 100_000, 0.343), 0.5, 2e-3);
  assert.equal(binomialUpperTail(5, 4, 0.5), 0);
  assert.equal(binomialUpperTail(2, 4, 0), 0);
  assert.equal(binomialUpperTail(2, 4, 1), 1);
});

const GOLD = { a: 23, b: 37, c: 48, d: 32 };

Deno.test("a collapsed model is found, also in few answers", () => {
  const found = findLetterTakeover({ a: 100, b: 14, c: 14, d: 12 }, GOLD);
  assert.equal(found?.letter, "a");
  assert.equal(found.expectedShare, 0.25);
  assert.ok(found.pValue < 1e-20);
  assert.equal(findLetterTakeover({ a: 0, b: 0, c: 20, d: 0 }, GOLD)?.letter, "c");
  assert.equal(findLetterTakeover({ a: 6, b: 0, c: 0, d: 0 }, GOLD)?.count, 6);
});

Deno.test("chance, a right answer to one-sided questions, and no answers are no collapse", () => {
  assert.equal(findLetterTakeover({ a: 35, b: 35, c: 35, d: 35 }, GOLD), undefined);
  assert.equal(findLetterTakeover(GOLD, GOLD), undefined);
  assert.equal(findLetterTakeover({ a: 3, b: 0, c: 0, d: 0 }, GOLD), undefined);
  assert.equal(
    findLetterTakeover({ a: 0, b: 0, c: 8, d: 0 }, { a: 0, b: 0, c: 8, d: 0 }),
    undefined,
  );
  assert.equal(findLetterTakeover({ a: 0, b: 0, c: 0, d: 0 }, GOLD), undefined);
});

Deno.test("a preference without a majority is not called a collapse", () => {
  assert.equal(findLetterTakeover({ a: 70, b: 25, c: 25, d: 20 }, GOLD), undefined);
});
