import assert from "node:assert/strict";
import { contextBudget, estimateTokens } from "./token_counter.ts";
import { largestThatFits } from "./largest_that_fits.ts";
import { shareBudget } from "./share_budget.ts";
import fc from "fast-check";
import { estimateNumCtx } from "../../llm/context_window.ts";

Deno.test("tokens are estimated as Ollama's window is", () => {
  assert.equal(estimateTokens(""), 0);
  assert.equal(estimateTokens("法"), 2);
  assert.equal(estimateTokens("第二十一条の二"), 11);
  // What fits by the estimate makes the window no larger.
  const question = "問".repeat(200);
  const questionTokens = estimateTokens(question);
  const budget = contextBudget({ windowTokens: 4096, questionTokens, answerTokens: 256 });
  const statutes = "法".repeat(Math.floor(budget / 1.5));
  assert.ok(estimateTokens(statutes) <= budget);
  const longestPromptBytes = new TextEncoder().encode(question + statutes).length;
  assert.equal(estimateNumCtx({ longestPromptBytes, maxNewTokens: 256 }), 4096);
  assert.equal(contextBudget({ windowTokens: 512, questionTokens: 300, answerTokens: 256 }), 0);
});

Deno.test("the largest that fits is found without trying far larger ones", () => {
  for (const most of [0, 1, 2, 7, 100]) {
    for (let limit = 0; limit <= most; limit++) {
      let largest = 0;
      const holds = (count: number) => {
        largest = Math.max(largest, count);
        return count <= limit;
      };
      assert.equal(largestThatFits(most, holds), limit);
      assert.ok(largest <= 2 * limit + 1, `${largest} was tried for ${limit} of ${most}`);
    }
  }
});

Deno.test("a budget is shared fairly", () => {
  assert.deepEqual(shareBudget([10, 500, 30, Infinity], 340), [10, 150, 30, 150]);
  assert.deepEqual(shareBudget([], 10), []);
  const cases = fc.tuple(fc.array(fc.nat(50), { minLength: 1 }), fc.nat(1000));
  fc.assert(fc.property(cases, ([sizes, budget]) => {
    const shares = shareBudget(sizes, budget);
    const sum = shares.reduce((total, share) => total + share, 0);
    assert.ok(sum <= budget);
    const most = Math.max(...shares);
    shares.forEach((share, at) => {
      assert.ok(share <= sizes[at]!);
      // Who gets less than needed gets as much as anybody, but for rounding.
      if (share < sizes[at]!) assert.ok(share >= most - 1, `${shares} of ${sizes}`);
    });
    if (sizes.reduce((total, size) => total + size, 0) <= budget) assert.deepEqual(shares, sizes);
  }));
});
