import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { pinnedVersion } from "./pinned_version.ts";

Deno.test("the version of every package of deno.json is known", () => {
  const names = Object.keys(denoJson.imports) as (keyof typeof denoJson.imports)[];
  for (const name of names) assert.match(pinnedVersion(name), /^\d+\.\d+\.\d+/, name);
  assert.ok(denoJson.imports["onnxruntime-web"].includes(`@${pinnedVersion("onnxruntime-web")}/`));
});
