import assert from "node:assert/strict";
import { promptBytes } from "./prompt_bytes.ts";

Deno.test("a prompt's size is its UTF-8 bytes", () => {
  const prompt = { messages: [{ role: "user", content: "法a" }], parts: {} };
  assert.equal(promptBytes(prompt as unknown as Parameters<typeof promptBytes>[0]), 4);
});
