import assert from "node:assert/strict";
import { join } from "node:path";
import { linkToNothing, makeFolders, removeEmptyFolders } from "./make_folders.ts";

Deno.test({
  name: "a link that leads nowhere is named, wherever it stands in the path",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const results = join(folder, "results");
      await Deno.symlink("gone", results);
      for (const path of [results, join(results, "evaluations"), join(results, "a", "b")]) {
        await assert.rejects(makeFolders(path), {
          name: "NotFound",
          message: `${results} is a link to gone, which is not there: make that folder, or ` +
            "remove the link",
        });
      }
      await Deno.mkdir(join(folder, "gone"));
      await makeFolders(join(results, "a", "b"));
      assert.ok((await Deno.stat(join(folder, "gone", "a", "b"))).isDirectory);
      assert.equal(await linkToNothing(join(results, "c")), undefined);
      await Deno.writeTextFile(join(folder, "file"), "");
      await assert.rejects(makeFolders(join(folder, "file", "x")), (error: Error) => {
        assert.doesNotMatch(error.message, /is a link/);
        return true;
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("what was made is told, and removed again as far as it is empty", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const deep = join(folder, "a", "b", "c");
    const made = await makeFolders(deep);
    assert.deepEqual(made, [deep, join(folder, "a", "b"), join(folder, "a")]);
    assert.deepEqual(await makeFolders(deep), []);
    await Deno.writeTextFile(join(folder, "a", "file"), "");
    await removeEmptyFolders(made);
    assert.deepEqual([...Deno.readDirSync(join(folder, "a"))].map(({ name }) => name), ["file"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
