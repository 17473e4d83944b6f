import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { pathLists, splitArguments } from "./narrow_permissions.ts";
import { commandTasks, parsePermissions } from "./task_permissions.ts";

const TASKS = [
  { permissions: parsePermissions("deno run --allow-read --allow-write=data") },
  { command: "qa", permissions: parsePermissions("deno run --allow-read=data,.env") },
  {
    command: "eval",
    permissions: parsePermissions(
      "deno run --allow-read --allow-write=results,$HOME/.cache/houqa,$HOME/.cache/huggingface " +
        "--allow-ffi=$DENO_DIR/npm,$HOME/.cache/deno/npm,$HOME/.cache/houqa/runtime,/lib64/libc.so.6",
    ),
  },
];
const PLACES = { houqaCache: "/c/houqa", hubCache: "/c/hub", runtime: "/opt/runtime" };

Deno.test("a command gets its own tasks' paths, with this machine's folders", () => {
  assert.deepEqual(pathLists(["eval", "--x"], {}, TASKS, PLACES), {
    read: true,
    write: ["/c/houqa", "/c/hub", "results"],
    ffi: ["/opt/runtime", join("/c/houqa", "runtime"), "/lib64/libc.so.6"],
  });
  assert.deepEqual(pathLists(["qa"], {}, TASKS, PLACES), {
    read: [".env", "data", "/opt"],
    write: [],
    ffi: [],
  });
  for (const words of [["other"], [], ["--", "other"]]) {
    assert.deepEqual(pathLists(words, {}, TASKS, PLACES).write, ["data"]);
  }
  assert.deepEqual(pathLists(["--", "qa"], {}, TASKS, PLACES).write, []);
});

Deno.test("what stands in front of the command is added, all where no path is named", () => {
  const { added, rest } = splitArguments([
    ...["--allow-write=/a,/b", "--allow-write=/c", "--allow-ffi", "eval", "--allow-write=/d"],
  ]);
  assert.deepEqual(rest, ["eval", "--allow-write=/d"]);
  const { write, ffi } = pathLists(rest, added, TASKS, { runtime: "/opt/runtime" });
  assert.deepEqual(write, ["results", "/a", "/b", "/c"]);
  assert.equal(ffi, true);
  const empty = ["--allow-write=", "--allow-read=/a,", "--allow-ffi=,/a"];
  for (const flag of [...empty, "--allow-net=x", "--allow-run", "--allow-all", "--allow-readx=/"]) {
    assert.throws(() => splitArguments([flag, "eval"]), UsageError, flag);
  }
});

Deno.test("every command's list in deno.json is known to a compiled program", () => {
  const commands = new Set(commandTasks().map(({ command }) => command));
  assert.ok(commands.size > 10);
  for (const command of commands) {
    const { write } = pathLists(command === undefined ? [] : [command], {}, commandTasks(), PLACES);
    assert.ok(write !== true && write.every((path) => !path.includes("$")), `${command}`);
  }
});

Deno.test({
  name: "what was given back is refused everywhere: Deno's files, Node's, threads, asking again",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "houqa 法 " }));
    const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      import { narrowPermissions } from ${module("narrow_permissions.ts")};
      import { writeFileSync } from "node:fs";
      import { DatabaseSync } from "node:sqlite";
      const rest = narrowPermissions(Deno.args);
      const attempt = async (name, action) => {
        try { await action(); console.log(name, "done"); }
        catch (error) { console.log(name, error.name === "NotCapable" || error.code); }
      };
      const thread = (path) => new Promise((done, fail) => {
        const code = "try { Deno.writeTextFileSync(" + JSON.stringify(path) + ", ''); postMessage('done') }" +
          " catch (error) { postMessage(error.name) }";
        const worker = new Worker("data:application/javascript," + encodeURIComponent(code), { type: "module" });
        worker.onmessage = ({ data }) => {
          worker.terminate();
          data === "done" ? done() : fail(Object.assign(new Error(), { name: data }));
        };
      });
      for (const place of ["results", "elsewhere", "added"]) {
        await attempt(place + " Deno", () => Deno.writeTextFile(place + "/1", ""));
        await attempt(place + " Node", () => writeFileSync(place + "/2", ""));
        await attempt(place + " SQLite", () => new DatabaseSync(place + "/3").close());
        await attempt(place + " thread", () => thread(place + "/4"));
        await attempt(place + " rename", () => Deno.rename("from/" + place, place + "/5"));
      }
      console.log(Deno.permissions.requestSync({ name: "write", path: "elsewhere" }).state);
      await attempt("libc", () => Deno.dlopen("/bin/sh", {}));
      console.log(rest.join(" "));
    `;
    try {
      for (const name of ["results", "elsewhere", "added", "from"]) {
        await Deno.mkdir(join(folder, name));
      }
      for (const name of ["results", "elsewhere", "added"]) {
        await Deno.writeTextFile(join(folder, "from", name), "");
      }
      const path = join(folder, "program.ts");
      await Deno.writeTextFile(path, program);
      const config = new URL("../../deno.json", import.meta.url).pathname;
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--no-prompt", `--config=${config}`, "--frozen", "--no-check"],
          ...[
            "--allow-read=/",
            "--allow-write=/",
            "--allow-ffi=/",
            "--allow-env",
            "--allow-import",
          ],
          ...[path, "--allow-write=added,from", "eval"],
        ],
        cwd: folder,
      }).output();
      const decoder = new TextDecoder();
      assert.equal(decoder.decode(stderr), "");
      const ways = ["Deno", "Node", "SQLite", "thread", "rename"];
      assert.deepEqual(decoder.decode(stdout).trimEnd().split("\n"), [
        ...ways.map((way) => `results ${way} done`),
        ...ways.map((way) => `elsewhere ${way} true`),
        ...ways.map((way) => `added ${way} done`),
        "denied",
        "libc true",
        "eval",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
