import assert from "node:assert/strict";
import { permittedScript } from "./require_permissions.ts";

Deno.test("houqa.run is told the missing permissions in front of the command", () => {
  assert.equal(
    permittedScript(
      [{ name: "net", host: "gpu:11434" }, { name: "write", path: "/data/法 1" }, { name: "ffi" }],
      ["eval", "--output", "it's"],
    ),
    "houqa.run --allow-net=gpu:11434 '--allow-write=/data/法 1' --allow-ffi eval --output 'it'\\''s'",
  );
});
