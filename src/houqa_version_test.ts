import assert from "node:assert/strict";
import denoJson from "../deno.json" with { type: "json" };
import { HOUQA_VERSION } from "./houqa_version.ts";

Deno.test("the version is the one in deno.json", () => {
  assert.equal(HOUQA_VERSION, denoJson.version);
});
