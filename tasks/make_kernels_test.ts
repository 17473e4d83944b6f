import assert from "node:assert/strict";
import { makeKernels } from "./make_kernels.ts";

Deno.test("the assembled kernels in the repository are what their texts give", async () => {
  const files = await makeKernels();
  assert.ok(files.length > 0);
  for (const { target, text } of files) {
    const module = /"([A-Za-z0-9+/=" \n]+)";/.exec(text);
    assert.ok(module !== null);
    assert.equal(await Deno.readTextFile(target), text);
  }
});
