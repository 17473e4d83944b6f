import assert from "node:assert/strict";
import { permittedCommand, permittedProgram } from "./require_permissions.ts";

Deno.test("houqa.run is told the missing permissions in front of the command", () => {
  assert.equal(
    permittedProgram(
      "houqa.run",
      [
        { name: "net", host: "gpu:11434" },
        { name: "write", path: "/data/法 1" },
        { name: "ffi", path: "/lib64/libc.so.6" },
      ],
      ["eval", "--output", "it's"],
    ),
    "houqa.run --allow-net=gpu:11434 '--allow-write=/data/法 1' --allow-ffi=/lib64/libc.so.6 eval " +
      "--output 'it'\\''s'",
  );
});

Deno.test("a compiled program takes paths; for a host houqa.run is named", () => {
  const write = { name: "write", path: "/data" } as const;
  assert.equal(
    permittedProgram("binary", [write], ["eval"]),
    "houqa --allow-write=/data eval",
  );
  const net = { name: "net", host: "[::1]:5" } as const;
  assert.equal(
    permittedProgram("binary", [write, net], ["eval"]),
    "houqa.run --allow-write=/data '--allow-net=[::1]:5' eval",
  );
});

Deno.test("a task's command gets the entry in its list, or the flag where it has none", () => {
  assert.equal(
    permittedCommand("X=1 deno run --allow-ffi=a main.ts eval", [
      { name: "ffi", path: "/b c" },
      { name: "sys", kind: "statfs" },
      { name: "ffi", path: "/d e" },
    ], ["--quiet"]),
    "X=1 deno run --allow-sys=statfs --allow-ffi=a,'/b c','/d e' main.ts eval --quiet",
  );
});
