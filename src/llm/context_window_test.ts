import assert from "node:assert/strict";
import { ContextWindow, estimateNumCtx } from "./context_window.ts";

Deno.test("the estimate is rounded up and limited by the model", () => {
  const size = { longestPromptBytes: 2400, maxNewTokens: 256, contextLength: 40_960 };
  assert.equal(estimateNumCtx(size), 2048);
  assert.equal(estimateNumCtx({ ...size, longestPromptBytes: 1 }), 1024);
  assert.equal(estimateNumCtx({ ...size, contextLength: 2000 }), 2000);
  assert.equal(estimateNumCtx({ longestPromptBytes: 200_000, maxNewTokens: 1 }), 100_352);
});

Deno.test("calls that find the same window too small make it grow once", () => {
  const window = new ContextWindow("automatic", 1024, 8192);
  assert.deepEqual([window.grow(1024), window.grow(1024)], ["grown", "already_grown"]);
  assert.equal(window.tokens, 2048);
});

Deno.test("it grows up to the model's length and no further", () => {
  const window = new ContextWindow("automatic", 3000, 5000);
  assert.equal(window.grow(3000), "grown");
  assert.equal(window.tokens, 5000);
  assert.equal(window.grow(5000), "at_limit");
});

Deno.test("without a known length there is still an end", () => {
  const window = new ContextWindow("automatic", 20_000, undefined);
  assert.equal(window.grow(20_000), "grown");
  assert.equal(window.grow(window.tokens), "at_limit");
});

Deno.test("an explicit window stays, except that a model cannot have more than it was trained for", () => {
  assert.equal(new ContextWindow("explicit", 1024, 8192).grow(1024), "at_limit");
  assert.equal(new ContextWindow("explicit", 9000, 8192).tokens, 8192);
});
