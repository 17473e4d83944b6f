import assert from "node:assert/strict";
import { logSoftmax, logSumExp } from "./log_softmax.ts";

Deno.test("log-probabilities of equal scores, however large", () => {
  assert.deepEqual(logSoftmax([1000, 1000]), [-0.693147181, -0.693147181]);
  assert.deepEqual(logSoftmax([-1000, -1000, -1000, -1000]), Array(4).fill(-1.386294361));
  assert.ok(Math.abs(logSumExp([1000, 1000]) - 1000 - Math.LN2) < 1e-12);
});

Deno.test("log-probabilities: nine decimals, whatever the last bits of the scores", () => {
  const scores = [0.1, -2.3, 4.5, -6.7];
  const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
  const found = logSoftmax(scores);
  for (const [at, logprob] of found.entries()) {
    assert.ok(Math.abs(logprob - (scores[at]! - total)) <= 5.1e-10);
  }
  assert.deepEqual(logSoftmax(scores.map((score) => score * (1 + 2 ** -52))), found);
  assert.deepEqual(logSoftmax([7, 7 - 1e-12]), [-0.693147181, -0.693147181]);
  assert.deepEqual(logSoftmax([0, -Infinity]).map(Math.exp), [1, 0]);
});
