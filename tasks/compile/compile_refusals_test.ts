import assert from "node:assert/strict";
import { join } from "node:path";
import { compileBinary } from "./compile_binary.ts";
import { ROOT } from "./make_bundle.ts";
import { runtimeFiles, TARGETS } from "./runtime_files.ts";

async function compile(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--frozen", "--allow-read", "--allow-write"],
      ...["--allow-run", "--allow-env=DENORT_BIN,DENO_242,CLICOLOR_FORCE"],
      ...[`${ROOT}tasks/compile.ts`, ...args],
    ],
    env: { DENORT_BIN: "", DENO_242: "" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("compile: what can't be done is refused with 2 before anything is written", async () => {
  const folder = await Deno.makeTempDir();
  const out = join(folder, "dist");
  const denort = join(folder, "denort");
  await Deno.writeTextFile(denort, "\x7fELF … Deno/1.2.3 …");
  const cases: [string[], RegExp][] = [
    [["--target", "riscv"], /--target.*'riscv' is invalid.*x86_64-unknown-linux-gnu/],
    [["--form", "zip"], /'zip' is invalid/],
    [["--deno", "/bin/true"], /\/bin\/true is no Deno: it says/],
    [["--deno", join(folder, "none")], /none can't be run/],
    [["--denort", join(folder, "none")], /Can't read .*none/],
    [["--denort", denort], /is no denort of Deno \d+\.\d+\.\d+, which is to compile with it/],
  ];
  try {
    for (const [args, message] of cases) {
      const { code, stderr } = await compile([...args, "--out", out]);
      assert.equal(code, 2, `${args}: ${stderr}`);
      assert.match(stderr, message);
      assert.ok(!/\n\s+at /.test(stderr), stderr);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["denort"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "compile: a base that can't be downloaded is told, with what needs none",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "deno");
    await Deno.writeTextFile(path, "#!/bin/sh\necho 'error: dl.deno.land' >&2; exit 1\n", {
      mode: 0o755,
    });
    const target = Deno.build.target;
    try {
      await assert.rejects(
        compileBinary({
          ...{ bundle: folder, deno: { path, version: "2.9.6", target }, target, out: folder },
          permissions: { allowed: {}, ignoresEnv: false },
        }),
        /error: dl\.deno\.land\nDeno 2\.9\.6 downloads .* --denort, or .* with --form run\.$/,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("every target's runtime files are in the packages", async () => {
  for (const target of TARGETS) {
    const files = runtimeFiles(target, "2.4.2");
    for (const { source } of files) assert.ok((await Deno.stat(source)).size > 1e5, source);
    const native = files.filter(({ name }) => !name.endsWith(".wasm"));
    assert.equal(native.length > 0, target !== "x86_64-apple-darwin", target);
  }
  const names = (version: string) =>
    runtimeFiles("x86_64-unknown-linux-gnu", version).map(({ name }) => name);
  assert.deepEqual(names("2.9.6").filter((name) => !names("2.4.2").includes(name)), [
    "ort-wasm-simd-threaded.asyncify.wasm",
  ]);
});
