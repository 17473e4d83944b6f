import assert from "node:assert/strict";
import { LIBC_PLACES, libcPath } from "./open_libc.ts";

const isLinux = Deno.build.os === "linux";

/** What a module's function gives in a process with other permissions. */
async function call(module: string, name: string, flags: readonly string[]): Promise<string> {
  const url = new URL(module, import.meta.url).href;
  const code = `import { ${name} } from ${JSON.stringify(url)}; console.log(${name}());`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--quiet", "--no-config", "--allow-import", ...flags],
      `data:application/typescript,${encodeURIComponent(code)}`,
    ],
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim();
}

Deno.test({
  name: "the C library's version is read with any list that has it, and not without",
  ignore: !isLinux,
  async fn() {
    const version = await call("read_libc_version.ts", "readLibcVersion", ["--allow-ffi"]);
    assert.match(version, /^\d+\.\d+$/);
    for (
      const [flag, expected] of [
        [`--allow-ffi=${libcPath()}`, version],
        [`--allow-ffi=${LIBC_PLACES.join(",")}`, version],
        ["--allow-ffi=/elsewhere", "undefined"],
        ["--allow-read", "undefined"],
      ] as const
    ) {
      assert.equal(await call("read_libc_version.ts", "readLibcVersion", [flag]), expected, flag);
    }
  },
});

Deno.test("the first place where it is", () => {
  assert.equal(libcPath(() => false), undefined);
  assert.equal(
    libcPath((path) => path.startsWith("/lib64/")),
    isLinux ? LIBC_PLACES[2] : undefined,
  );
});
