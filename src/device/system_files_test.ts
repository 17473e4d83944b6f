import assert from "node:assert/strict";
import { libcPath } from "./open_libc.ts";
import { SYSTEM_FILES } from "./system_files.ts";

const MODULE = new URL("./system_files.ts", import.meta.url).href;

/** What an expression of SYSTEM_FILES gives in a process with other permissions. */
async function evaluate(expression: string, flags: readonly string[]): Promise<unknown> {
  const code = `import { SYSTEM_FILES as f } from ${JSON.stringify(MODULE)};
    let result;
    try { result = ${expression} ?? null } catch (error) { result = error.name }
    console.log(JSON.stringify(result));`;
  const url = `data:application/typescript,${encodeURIComponent(code)}`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--no-config", `--allow-import`, ...flags, url],
  }).output();
  const decoder = new TextDecoder();
  assert.equal(decoder.decode(stderr), "");
  return JSON.parse(decoder.decode(stdout));
}

Deno.test({
  name: "the kernel's files are read through the C library where foreign functions are allowed",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const all = `[f.readText("/proc/self/comm"), f.list("/proc/self/task")?.length,
      f.readText("/proc/none"), f.list("/proc/none"), f.readText("/proc/self/task"),
      f.canWrite("/proc/none"), f.canWrite("/dev/null")]`;
    // With a list, Deno hands out no pointers.
    for (const flag of ["--allow-ffi", `--allow-ffi=${libcPath()}`]) {
      const flags = [flag, "--allow-read=/lib,/lib64,/usr/lib"];
      const [name, tasks, ...rest] = await evaluate(all, flags) as unknown[];
      assert.match(String(name), /\n$/);
      assert.ok(Number(tasks) >= 1);
      assert.deepEqual(rest.slice(0, 3), [null, null, null]);
      assert.deepEqual(rest.slice(3), [false, true]);
    }
    const long = await evaluate(`f.readText("/proc/self/maps").length > 4096`, ["--allow-ffi"]);
    assert.equal(long, true);
  },
});

Deno.test({
  name: "without permission nothing is read, and nobody says whether a file can be written",
  ignore: Deno.build.os !== "linux",
  async fn() {
    assert.equal(await evaluate(`f.readText("/proc/version")`, ["--allow-read"]), "NotCapable");
    assert.equal(await evaluate(`f.list("/dev")`, ["--allow-read"]), "NotCapable");
    assert.equal(await evaluate(`f.canWrite("/dev/null")`, ["--allow-read"]), null);
  },
});

Deno.test("files that are not there are undefined", () => {
  assert.equal(SYSTEM_FILES.readText(`${import.meta.dirname}/none`), undefined);
  assert.equal(SYSTEM_FILES.list(`${import.meta.dirname}/none`), undefined);
  assert.ok(SYSTEM_FILES.list(import.meta.dirname!)!.includes("system_files.ts"));
});
