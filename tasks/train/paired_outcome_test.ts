import assert from "node:assert/strict";
import { exactMcNemar } from "./paired_outcome.ts";

Deno.test("the exact McNemar test is twice the binomial tail at one half", () => {
  // 1 of 10 discordant pairs: 2 · (1 + 10) / 2^10; 0 of 6: 2 / 2^6.
  assert.ok(Math.abs(exactMcNemar(9, 1) - 22 / 1024) < 1e-14);
  assert.ok(Math.abs(exactMcNemar(0, 6) - 2 / 64) < 1e-14);
  assert.equal(exactMcNemar(9, 1), exactMcNemar(1, 9));
  assert.equal(exactMcNemar(5, 5), 1);
  assert.equal(exactMcNemar(0, 0), 1);
});
