import assert from "node:assert/strict";
import { collectGarbage } from "./collect_garbage.ts";

Deno.test("what nothing refers to is gone at once, what is referred to stays", async () => {
  const kept = [{ text: "kept" }];
  const references = [new WeakRef(kept[0]!), new WeakRef({ text: "dropped" })];
  // A reference that was just made holds its object until the present task ends.
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  assert.deepEqual(references.map((one) => one.deref()?.text), ["kept", undefined]);
  assert.equal(kept.length, 1);
});

Deno.test("V8's own function does not stay behind", () => {
  collectGarbage();
  assert.equal("gc" in globalThis, false);
});
