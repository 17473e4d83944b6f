import assert from "node:assert/strict";
import { quietWayland } from "./quiet_wayland.ts";

function after(given: Record<string, string>): Record<string, string> {
  const values = { ...given };
  quietWayland({ get: (name) => values[name], set: (name, value) => void (values[name] = value) });
  return values;
}

Deno.test({
  name: "a runtime folder that is set stays, one that is not set is given a value",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    assert.deepEqual(after({ XDG_RUNTIME_DIR: "/run/user/1" }), { XDG_RUNTIME_DIR: "/run/user/1" });
    assert.deepEqual(after({ HOME: "/h" }), { HOME: "/h", XDG_RUNTIME_DIR: "/nonexistent" });
    assert.deepEqual(after({ XDG_RUNTIME_DIR: "" }), { XDG_RUNTIME_DIR: "/nonexistent" });
  },
});

Deno.test({
  name: "without permission for the variable nothing is done, and nothing is asked",
  permissions: { env: false },
  fn: () => {
    const asked = () => assert.fail("asked");
    quietWayland({ get: asked, set: asked });
  },
});
