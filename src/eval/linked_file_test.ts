import assert from "node:assert/strict";
import { join } from "node:path";
import { linkedFile } from "./linked_file.ts";

Deno.test({
  name: "only a link in the last place is followed",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    try {
      await Deno.mkdir(join(folder, "disk"));
      await Deno.writeTextFile(join(folder, "disk", "a.json"), "");
      await Deno.symlink("disk", join(folder, "results"));
      assert.equal(await linkedFile(join(folder, "results", "a.json")), undefined);
      await Deno.symlink("a.json", join(folder, "disk", "b.json"));
      await Deno.symlink("b.json", join(folder, "disk", "c.json"));
      const file = join(folder, "disk", "a.json");
      assert.equal(await linkedFile(join(folder, "results", "b.json")), file);
      assert.equal(await linkedFile(join(folder, "results", "c.json")), file);
      await Deno.symlink("nothing", join(folder, "disk", "d.json"));
      assert.equal(await linkedFile(join(folder, "disk", "d.json")), undefined);
      assert.equal(await linkedFile(join(folder, "missing")), undefined);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
