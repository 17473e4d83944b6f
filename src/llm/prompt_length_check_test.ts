import assert from "node:assert/strict";
import { PromptLengthCheck } from "./prompt_length_check.ts";

Deno.test("a count that fills the window means that the prompt was cut", () => {
  const check = new PromptLengthCheck();
  assert.equal(check.check(8000, 2048, 2048), "window_full");
  assert.equal(check.check(8000, 2047, 2048), "fits");
});

Deno.test("a missing count is no error", () => {
  assert.equal(new PromptLengthCheck().check(8000, undefined, 2048), "fits");
});

Deno.test("less than a tenth of a token per byte is a cut from the first prompt on", () => {
  const check = new PromptLengthCheck();
  assert.equal(check.check(4000, 399, 2048), "too_few_tokens");
  assert.equal(check.check(4000, 401, 2048), "fits");
});

Deno.test("far below what this run's prompts needed is a cut", () => {
  const check = new PromptLengthCheck();
  for (let i = 0; i < 7; i++) assert.equal(check.check(1000, 250, 2048), "fits");
  assert.equal(check.check(2000, 300, 2048), "fits", "too few samples to judge");
  for (let i = 0; i < 7; i++) assert.equal(check.check(1000, 250, 2048), "fits");
  assert.equal(check.check(2000, 320, 2048), "too_few_tokens");
  assert.equal(check.check(2000, 330, 2048), "fits");
});

Deno.test("short prompts, mostly template, neither teach nor are judged by the median", () => {
  const check = new PromptLengthCheck();
  for (let i = 0; i < 20; i++) check.check(32, 38, 2048);
  assert.equal(check.check(2000, 500, 2048), "fits");
  for (let i = 0; i < 20; i++) check.check(1000, 600, 2048);
  assert.equal(check.check(290, 60, 2048), "fits");
});

Deno.test("a refused count teaches nothing", () => {
  const check = new PromptLengthCheck();
  for (let i = 0; i < 10; i++) check.check(1000, 250, 2048);
  for (let i = 0; i < 30; i++) check.check(1000, 110, 2048);
  assert.equal(check.check(1000, 110, 2048), "too_few_tokens");
});
