import assert from "node:assert/strict";
import { commandTasks, parsePermissions, unitePermissions } from "./task_permissions.ts";

const run = (flags: string, rest: string) => ({ command: `deno run ${flags} main.ts${rest}` });

Deno.test("permissions are read from the tasks that run main.ts", () => {
  const tasks = commandTasks({
    any: run("--no-prompt --allow-read", ""),
    eval: run("--allow-read=a,b --allow-net=localhost:1 --allow-ffi --ignore-env", " eval --x"),
    demo: { command: "X=1 deno run --allow-run tasks/demo.ts" },
    check: { command: "deno fmt --check && deno check main.ts src" },
  });
  assert.deepEqual(tasks, [
    { permissions: { allowed: { read: true }, ignoresEnv: false } },
    {
      command: "eval",
      permissions: {
        allowed: { read: ["a", "b"], net: ["localhost:1"], ffi: true },
        ignoresEnv: true,
      },
    },
  ]);
});

Deno.test("a permission that is not known is refused, not dropped", () => {
  assert.throws(() => parsePermissions("deno run --allow-run=git"), /--allow-run/);
  const two = { both: run("--allow-read", " a && deno run main.ts b") };
  assert.throws(() => commandTasks(two), /More than one call/);
});

Deno.test("the union has everything that one of them has, each once", () => {
  const both = unitePermissions([
    parsePermissions("deno run --allow-read=b --allow-net=x,y"),
    parsePermissions("deno run --allow-read=a,b --allow-net --ignore-env"),
  ]);
  assert.deepEqual(both, { allowed: { read: ["a", "b"], net: true }, ignoresEnv: true });
  assert.deepEqual(unitePermissions([]), { allowed: {}, ignoresEnv: false });
});

Deno.test("every task of deno.json that runs houqa is understood", () => {
  const tasks = commandTasks();
  const commands = new Set(tasks.map(({ command }) => command));
  for (const command of [undefined, "eval", "export", "laws", "retrieve", "qa", "doctor"]) {
    assert.ok(commands.has(command), `${command}`);
  }
  for (const { permissions: { allowed } } of tasks) assert.ok(Array.isArray(allowed.env));
});
