import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { ROOT } from "./make_bundle.ts";
import { runProgram } from "./run_program.ts";

const SOURCES = ["main.ts", "deno.json", "deno.lock", "THIRD_PARTY.md", "src", "tasks"];

/** The files of the working tree that Git knows or would take. */
async function sourceFiles(): Promise<string[]> {
  const text = await runProgram(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...SOURCES],
    { cwd: ROOT },
  );
  return text.split("\0").filter((path) => path !== "");
}

/** Bundles a copy of the sources in that folder. */
async function bundleCopy(folder: string, paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.copyFile(join(ROOT, path), join(folder, path)).catch((error) => {
      // Known to Git, and just removed.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  await runProgram(Deno.execPath(), [
    ...["run", "--quiet", "--frozen", "--cached-only", "--allow-read", "--allow-write"],
    ...["--allow-run", "--allow-env", join(folder, "tasks", "compile.ts")],
    ...["--form", "bundle", "--out", join(folder, "dist")],
  ], { cwd: folder });
  return await Deno.readTextFile(join(folder, "dist", "houqa.js"));
}

Deno.test("the same sources give the same bundle, wherever they lie", async () => {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    const paths = await sourceFiles();
    const first = await bundleCopy(join(folder, "a"), paths);
    const second = await bundleCopy(join(folder, "a longer", "path"), paths);
    assert.ok(first === second, "the bundles differ");
    assert.ok(!first.includes(folder), "the bundle names its folder");
    // What no bundle may load from elsewhere: everything but Node's own modules is inside.
    const imported = [...first.matchAll(/\bfrom"([^"\s]+)"/g)].map(([, name]) => name!);
    assert.ok(imported.includes("node:path"));
    assert.deepEqual(
      imported.filter((name) => /^(npm:|https?:|file:|onnxruntime|@)/.test(name)),
      [],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
