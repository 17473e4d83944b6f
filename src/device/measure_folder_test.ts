import assert from "node:assert/strict";
import { freeDiskSpace } from "./free_disk_space.ts";
import { measureFolder } from "./measure_folder.ts";

Deno.test("files are added up, links are not followed, time is limited", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.writeFile(`${folder}/a/one`, new Uint8Array(1000));
    await Deno.writeFile(`${folder}/a/b/two`, new Uint8Array(500));
    await Deno.symlink(`${folder}/a`, `${folder}/link`);
    assert.deepEqual(await measureFolder(folder, 5000), { sizeBytes: 1500, isComplete: true });
    assert.equal((await measureFolder(folder, -1))!.isComplete, false);
    assert.equal(await measureFolder(`${folder}/none`, 5000), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "free space of a folder that is not there yet is that of the one above",
  ignore: Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state !== "granted",
  async fn() {
    const free = await freeDiskSpace(`${import.meta.dirname}/none/none`);
    assert.ok(free! > 0);
    assert.equal(await freeDiskSpace("bad\0path").catch(() => undefined), undefined);
  },
});
