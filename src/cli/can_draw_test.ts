import assert from "node:assert/strict";
import { canDraw } from "./can_draw.ts";

Deno.test("only a terminal that is not dumb is drawn on", () => {
  const terminal = { isTerminal: () => true };
  assert.equal(canDraw(terminal, () => "xterm-256color"), true);
  assert.equal(canDraw(terminal, () => undefined), true);
  assert.equal(canDraw(terminal, () => "dumb"), false);
  assert.equal(canDraw({ isTerminal: () => false }, () => "xterm"), false);
});
