import assert from "node:assert/strict";
import { compileFlags } from "./compile_flags.ts";
import { isAtLeast } from "./deno_program.ts";

const permissions = {
  allowed: { read: ["data"], write: ["results"], net: ["localhost:1", "*.hf.co"], ffi: true },
  ignoresEnv: true,
} as const;

Deno.test("paths are allowed below /, which can be given back, hosts as the tasks have them", () => {
  const flags = compileFlags("2.4.2", permissions);
  assert.deepEqual(flags.filter((flag) => flag.startsWith("--allow")), [
    "--allow-read=/",
    "--allow-write=/",
    "--allow-net=localhost:1,*.hf.co",
    "--allow-ffi=/",
  ]);
  assert.ok(flags.includes("--no-prompt"));
});

Deno.test("--ignore-env only for a Deno that has it", () => {
  assert.ok(!compileFlags("2.4.2", permissions).includes("--ignore-env"));
  assert.ok(compileFlags("2.9.6", permissions).includes("--ignore-env"));
  assert.ok(!compileFlags("2.9.6", { ...permissions, ignoresEnv: false }).includes("--ignore-env"));
});

Deno.test("versions are compared by their numbers", () => {
  assert.ok(isAtLeast("2.10.0", "2.9.0"));
  assert.ok(isAtLeast("2.9.0", "2.9.0"));
  assert.ok(!isAtLeast("2.4.2", "2.9.0"));
});
