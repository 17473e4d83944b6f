import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { parsePermissions } from "../build/task_permissions.ts";
import { explainPermission } from "./explain_error.ts";
import type { TaskName } from "./permitted_task.ts";
import {
  type Need,
  permittedCommand,
  permittedProgram,
  refuseCommas,
  refuseTask,
} from "./require_permissions.ts";

/** What a process of a task is granted. */
function grantsOf(task: TaskName): (need: Need) => boolean {
  const { allowed } = parsePermissions(denoJson.tasks[task].command);
  return (need) => {
    const list = allowed[need.name];
    const value = "path" in need
      ? need.path
      : "host" in need
      ? need.host
      : "kind" in need
      ? need.kind
      : need.variable;
    return list === true || list?.some((one) => one.replace("*.", "") === value) === true;
  };
}

Deno.test("houqa.run is told the missing permissions in front of the command", () => {
  assert.equal(
    permittedProgram(
      "houqa.run",
      [
        { name: "net", host: "gpu:11434" },
        { name: "write", path: "/data/法 1" },
        { name: "ffi", path: "/lib64/libc.so.6" },
      ],
      ["--houqa-run=./my houqa.run", "eval", "--output", "it's"],
    ),
    "sh './my houqa.run' --allow-net=gpu:11434 '--allow-write=/data/法 1' --allow-ffi=/lib64/libc.so.6 eval " +
      "--output 'it'\\''s'",
  );
});

Deno.test("a path with a comma is refused, as no list can hold it", () => {
  assert.throws(
    () => refuseCommas([{ name: "write", path: "/data/a,b" }]),
    /no permission to write \/data\/a,b, and none can be given: .* comma\. Rename/,
  );
  refuseCommas([{ name: "write", path: "/data" }, { name: "env", variable: "HOME" }]);
});

Deno.test("a compiled program takes paths; for a host houqa.run is named", () => {
  const write = { name: "write", path: "/data" } as const;
  assert.equal(
    permittedProgram("binary", [write], ["eval"], "/my tools/houqa"),
    "'/my tools/houqa' --allow-write=/data eval",
  );
  const net = { name: "net", host: "[::1]:5" } as const;
  assert.equal(
    permittedProgram("binary", [write, net], ["eval"]),
    "sh houqa.run --allow-write=/data '--allow-net=[::1]:5' eval",
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
  assert.equal(
    permittedCommand("deno run --allow-net=127.0.0.1 main.ts report", [
      { name: "net", host: "127.0.0.1" },
      { name: "net", host: "gpu:1", listens: true },
      { name: "net", host: "gpu:1" },
    ], []),
    "deno run --allow-net=127.0.0.1,gpu:1 main.ts report",
  );
  assert.equal(
    permittedCommand('deno run --allow-write="results,$HOME/.cache/houqa" --quiet main.ts eval', [
      { name: "write", path: "results" },
      { name: "write", path: "/b $& c" },
    ], []),
    `deno run --allow-write="results,$HOME/.cache/houqa",'/b $& c' --quiet main.ts eval`,
  );
});

Deno.test("the task that is running is named, not the usual one for its command", () => {
  const smoke = denoJson.tasks["smoke:ollama"].command.split(" main.ts ")[1]!.split(" ");
  const write = { name: "write", path: "/elsewhere" } as const;
  for (
    const [running, usual, words] of [
      ["eval", "eval", ["eval", "--quiet"]],
      ["eval:hf", "eval:hf", ["eval", "--quiet"]],
      ["eval:hf:offline", "eval:hf", ["eval", "--quiet"]],
      ["smoke:ollama", "eval", [...smoke, "--quiet"]],
      ["eval", "eval", [...smoke, "--quiet"]],
      ["laws", "laws", ["laws", "build"]],
      ["laws:hf", "laws", ["laws", "build"]],
      ["dataset:hf", "houqa", ["dataset", "split"]],
      ["houqa", "houqa", ["dataset", "split"]],
    ] as const
  ) {
    const usualWords = usual === "houqa" ? 0 : 1;
    const message = refuseTask(
      [write],
      { task: usual, args: words.slice(usualWords) },
      words,
      grantsOf(running),
    );
    const above = refuseTask(
      [{ name: "read", path: ".." }],
      { task: usual, args: words.slice(usualWords) },
      words,
      grantsOf(running),
    );
    assert.ok(/ permission to read "\.\."(?:\. Run| \()/.test(above), above);
    const command = denoJson.tasks[running].command.replace(/--allow-write=\S+/, "$&,/elsewhere");
    const own = command.split(/ main\.ts ?/)[1]!.split(" ").filter((word) => word !== "").length;
    const line = [command, ...words.slice(own)].join(" ");
    assert.equal(
      message,
      `The task "${running}" has no permission to write /elsewhere. Run:\n  ${line}`,
    );
  }
});

Deno.test("a task that has all that is missing is named by its name", () => {
  const listen = { name: "net", host: "127.0.0.1:8765", listens: true } as const;
  const call = { task: "report:watch", args: ["a b.json"] } as const;
  const words = ["report", "--watch", "a b.json"];
  assert.equal(
    refuseTask([listen], call, words, grantsOf("report")),
    "This call has no permission to listen at 127.0.0.1:8765 (--allow-net=127.0.0.1:8765), but a task has. Run:\n" +
      "  deno task report:watch 'a b.json'",
  );
  // Its own list names it, and still it was refused.
  assert.match(
    refuseTask([listen], call, words, grantsOf("report:watch")),
    /^The task "report:watch" has no permission/,
  );
});

Deno.test("a variable that may not be read names the command's task", () => {
  const explain = (variable: string, ...words: string[]) =>
    explainPermission(
      new Error(`Requires env access to "${variable}", run again with the --allow-env flag`),
      "sources",
      words,
      () => false,
    );
  for (
    const [variable, line, ...words] of [
      ["HF_ENDPOINT", "cache list", "cache", "list"],
      ["HF_ENDPOINT", "export 'a b'", "export", "a b"],
      ["HF_ENDPOINT", "setup:cuda --dry-run", "setup", "cuda", "--dry-run"],
      ["HOUQA_EGOV_API_URL", "laws fetch", "laws", "fetch"],
      ["LLM_MODEL", "eval --quiet", "eval", "--quiet"],
      ["HOUQA_LAWQA_URL", "dataset:fetch --out x", "dataset", "fetch", "--out", "x"],
    ] as const
  ) {
    assert.equal(
      explain(variable, ...words),
      `This call has no permission to read the variable ${variable} (--allow-env=${variable}), but a task has. Run:\n` +
        `  deno task ${line}`,
    );
  }
  assert.match(explain("OTHER", "eval"), /^No permission for env access to OTHER\. Run with /);
});
