import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { BUNDLE_ENTRY } from "./bundle_entry_name.ts";
import { ROOT } from "./make_bundle.ts";
import { runProgram } from "./run_program.ts";
import { filesBelow } from "./write_checksums.ts";

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

/** Bundles a copy of the sources in that folder. Gives the texts by file name. */
async function bundleCopy(
  folder: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
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
  const bundle = join(folder, "dist", "bundle");
  const texts = new Map<string, string>();
  for (const name of (await filesBelow(bundle)).sort()) {
    const { mtime } = await Deno.stat(join(bundle, name));
    assert.equal(mtime?.getTime(), 0, name);
    texts.set(name, await Deno.readTextFile(join(bundle, name)));
  }
  return texts;
}

Deno.test("the same sources give the same bundle, wherever they lie", async () => {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    const paths = await sourceFiles();
    const first = await bundleCopy(join(folder, "a"), paths);
    const second = await bundleCopy(join(folder, "a longer", "path"), paths);
    assert.deepEqual([...second.keys()], [...first.keys()]);
    assert.ok(first.has(BUNDLE_ENTRY));
    assert.ok(first.size > 100, String(first.size));
    const imported = new Set<string>();
    for (const [name, text] of first) {
      assert.ok(second.get(name) === text, `${name} differs`);
      assert.ok(!text.includes(folder), `${name} names its folder`);
      for (const [, path] of text.matchAll(/\b(?:from|import\(?)"([^"\s]+)"/g)) imported.add(path!);
    }
    assert.ok(imported.has("node:path"));
    const parts = [...imported].filter((path) => path.startsWith("./")).map((path) =>
      path.slice(2)
    );
    assert.deepEqual(new Set([...parts, BUNDLE_ENTRY]), new Set(first.keys()));
    // What no bundle may load from elsewhere: everything but Node's own modules is inside.
    assert.deepEqual(
      [...imported].filter((name) => /^(npm:|https?:|file:|onnxruntime|@)/.test(name)),
      [],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
