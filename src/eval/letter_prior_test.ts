import assert from "node:assert/strict";
import { LETTERS } from "../dataset/question.ts";
import type { LetterLogprobs } from "../llm/llm.ts";
import { asPrior, calibrateLetters, type LetterPrior } from "./letter_prior.ts";

const logs = (a: number, b: number, c: number, d: number): LetterPrior => ({
  a: Math.log(a),
  b: Math.log(b),
  c: Math.log(c),
  d: Math.log(d),
});

Deno.test("an even prior changes nothing", () => {
  const plain = logs(0.1, 0.2, 0.4, 0.3);
  const { letter, letterLogprobs } = calibrateLetters(plain, logs(0.25, 0.25, 0.25, 0.25))!;
  assert.equal(letter, "c");
  for (const one of LETTERS) assert.ok(Math.abs(letterLogprobs[one] - plain[one]) < 1e-8);
});

Deno.test("probabilities are divided by the prior's and add up to one again", () => {
  // 0.6/0.8, 0.2/0.1, 0.1/0.05, 0.1/0.05 = 0.75, 2, 2, 2: a loses, b is the first of three.
  const { letter, letterLogprobs } = calibrateLetters(
    logs(0.6, 0.2, 0.1, 0.1),
    logs(0.8, 0.1, 0.05, 0.05),
  )!;
  assert.notEqual(letter, "a");
  assert.ok(Math.abs(Math.exp(letterLogprobs.a) - 0.75 / 6.75) < 1e-8);
  const sum = LETTERS.reduce((total, one) => total + Math.exp(letterLogprobs[one]), 0);
  assert.ok(Math.abs(sum - 1) < 1e-8);
});

Deno.test("what only the prior says leaves every letter as likely as the others", () => {
  const prior = logs(0.9, 0.05, 0.03, 0.02);
  const { letterLogprobs } = calibrateLetters(prior, prior)!;
  for (const one of LETTERS) assert.ok(Math.abs(Math.exp(letterLogprobs[one]) - 0.25) < 1e-8);
});

Deno.test("tiny probabilities do not turn into none", () => {
  const { letter, letterLogprobs } = calibrateLetters(
    { a: 0, b: -900, c: -901, d: -950 },
    { a: 0, b: -1000, c: -990, d: -950 },
  )!;
  assert.equal(letter, "b");
  assert.ok(Math.abs(letterLogprobs.b - -Math.log1p(Math.exp(-11))) < 1e-9);
  assert.ok(Object.values(letterLogprobs).every((value) => Number.isFinite(value) && value <= 0));
});

Deno.test("three known letters are neither a prior nor calibrated", () => {
  const three: LetterLogprobs = { a: -1, b: -1, c: -1 };
  assert.equal(asPrior(three), undefined);
  assert.equal(asPrior(undefined), undefined);
  assert.equal(calibrateLetters(three, logs(0.25, 0.25, 0.25, 0.25)), undefined);
});
