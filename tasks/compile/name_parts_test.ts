import assert from "node:assert/strict";
import { nameParts } from "./name_parts.ts";

/** What the bundler writes, with hashes that differ from one folder to the next. */
const bundled = (main: string, shared: string, worker: string) =>
  new Map([
    [`chunk-${shared}.js`, `export const a="chunk-${shared}.js";`],
    ["bundle_entry.js", `await import("./worker-${worker}.js");await import("./main-${main}.js")`],
    [`main-${main}.js`, `import{a}from"./chunk-${shared}.js";import("./main-${main}.js")`],
    [`worker-${worker}.js`, `import"./chunk-${shared}.js";import"./other-ABCDEFGH.js";`],
    [`unused-${main}.js`, `import"./chunk-${shared}.js"`],
  ]);

Deno.test("parts are named by the order in which they are named, whatever their hashes", () => {
  const named = nameParts(
    bundled("AAAAAAA1", "BBBBBBB2", "CCCCCCC3").set("other-ABCDEFGH.js", ""),
    "bundle_entry.js",
    "houqa.js",
  );
  assert.deepEqual([...named], [
    ["houqa.js", 'await import("./worker-001.js");await import("./main-002.js")'],
    ["worker-001.js", 'import"./part-003.js";import"./other-004.js";'],
    ["main-002.js", 'import{a}from"./part-003.js";import("./main-002.js")'],
    // A text that is no path stays.
    ["part-003.js", 'export const a="chunk-BBBBBBB2.js";'],
    ["other-004.js", ""],
  ]);
});

Deno.test("other hashes and another order of the files give the same parts", () => {
  const first = bundled("AAAAAAA1", "BBBBBBB2", "CCCCCCC3");
  const second = bundled("ZZZZZZZ9", "BBBBBBB2", "AAAAAAA1");
  const parts = (
    files: ReadonlyMap<string, string>,
  ) => [...nameParts(files, "bundle_entry.js", "houqa.js")];
  assert.deepEqual(parts(new Map([...second].reverse())), parts(first));
});

Deno.test("a bundle without its entry is refused", () => {
  assert.throws(() => nameParts(new Map([["a.js", ""]]), "b.js", "houqa.js"), /wrote no b\.js/);
});
