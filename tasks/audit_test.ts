import assert from "node:assert/strict";
import { join } from "node:path";
import { auditHere, textHere } from "./audit/run_audit.ts";
import { readLockedTree } from "./audit/locked_tree.ts";
import { inputsDigest } from "./audit/third_party_text.ts";
import { ROOT } from "./compile/make_bundle.ts";

Deno.test({
  name: "every package that is handed on may be, and THIRD_PARTY.md is what the audit writes",
  // Written for this platform; on others other native packages stand in Deno's cache.
  ignore: Deno.build.target !== "x86_64-unknown-linux-gnu",
  fn: async () => {
    const lockText = await Deno.readTextFile(join(ROOT, "deno.lock"));
    const found = await auditHere(lockText);
    assert.deepEqual(found.findings, []);
    const digest = await inputsDigest(readLockedTree(lockText).packages.keys());
    const text = await textHere(found, digest);
    const written = await Deno.readTextFile(join(ROOT, "THIRD_PARTY.md"));
    assert.ok(text === written, "Run: deno task audit --write");
    const bundled = found.packages.filter(({ isBundled }) => isBundled).map(({ name }) => name);
    for (const name of ["zod", "echarts", "diff", "onnxruntime-node"]) {
      assert.ok(bundled.includes(name));
    }
    for (const name of ["sharp", "axe-core", "wabt"]) assert.ok(!bundled.includes(name));
  },
});
