import assert from "node:assert/strict";
import { bundledKeys } from "./bundled_packages.ts";
import { packageNames } from "./imported_names.ts";
import { closureOf, readLockedTree } from "./locked_tree.ts";

const LOCK = JSON.stringify({
  npm: {
    "@s/a@1.0.0": { dependencies: ["b", "c@2.0.0"], optionalDependencies: ["n-linux", "n-wasm32"] },
    "b@1.0.0": { dependencies: ["@s/a"] },
    "c@1.0.0": {},
    "c@2.0.0": { scripts: true },
    "n-linux@1.0.0": { os: ["linux"], cpu: ["x64"] },
    "n-wasm32@1.0.0": { dependencies: ["e"] },
    "e@1.0.0": {},
    "m@1.0.0": { os: ["darwin"] },
  },
  specifiers: { "npm:@s/a@1.0.0": "1.0.0", "npm:c@1": "1.0.0" },
  workspace: { dependencies: ["npm:@s/a@1.0.0", "npm:c@1"] },
});

Deno.test("the lock's packages of a platform, with what each needs", () => {
  const { packages, named } = readLockedTree(LOCK);
  assert.deepEqual(named, ["@s/a@1.0.0", "c@1.0.0"]);
  assert.deepEqual([...packages.keys()].sort(), [
    "@s/a@1.0.0",
    "b@1.0.0",
    "c@1.0.0",
    "c@2.0.0",
    "n-linux@1.0.0",
  ]);
  assert.equal(packages.get("c@2.0.0")!.hasScripts, true);
  const mac = readLockedTree(LOCK, { os: "darwin", cpu: "arm64" });
  assert.ok(!mac.packages.has("n-linux@1.0.0"));
  const found = closureOf(["@s/a@1.0.0"], packages, (name) => name === "c");
  assert.deepEqual([...found].sort(), ["@s/a@1.0.0", "b@1.0.0", "n-linux@1.0.0"]);
});

Deno.test("packages are read from a bundle's comments and from a module's imports", () => {
  const bundle = [
    "// ../../.cache/deno/npm/registry.npmjs.org/@s/a/1.0.0/dist/index.js",
    'var a = "// npm/registry.npmjs.org/no/1.0.0/x";',
    "// ../src/main.ts",
    "// /other/npm/localhost_4873/b/2.0.0-dev.1/b.js",
  ].join("\n");
  assert.deepEqual([...bundledKeys(bundle)], ["@s/a@1.0.0", "b@2.0.0-dev.1"]);
  const module = `import { x } from "@s/a/part";
import type { Y } from "b";
import { join } from "node:path";
import { z } from "./near.ts";
const late = await import("c/d.js");`;
  assert.deepEqual(packageNames(module), ["@s/a", "b", "c"]);
});
