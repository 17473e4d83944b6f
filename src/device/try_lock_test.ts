import assert from "node:assert/strict";
import { join } from "node:path";
import { isTaken, tryLock } from "./try_lock.ts";

/** As Deno before 2.5 has them: without tryLock. */
function asOldFile(file: Deno.FsFile): Deno.FsFile {
  return new Proxy(file, {
    get(target, name) {
      if (name === "tryLock") return undefined;
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function withTwoHandles(
  body: (path: string, mine: Deno.FsFile, theirs: Deno.FsFile) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "法 lock");
  const open = () => Deno.open(path, { read: true, write: true, create: true });
  const mine = await open();
  const theirs = await open();
  try {
    await body(path, mine, theirs);
  } finally {
    mine.close();
    theirs.close();
    await Deno.remove(folder, { recursive: true });
  }
}

for (const age of ["new", "old"] as const) {
  const shaped = (file: Deno.FsFile) => age === "old" ? asOldFile(file) : file;

  Deno.test({
    name: `a free lock is taken, a held one is refused at once (${age} Deno)`,
    ignore: Deno.build.os !== "linux",
    fn: () =>
      withTwoHandles(async (path, mine, theirs) => {
        assert.equal(await tryLock(shaped(mine), path, true), true);
        assert.equal(await tryLock(shaped(theirs), path, true), false);
        assert.equal(await tryLock(shaped(theirs), path, false), false);
        await mine.unlock();
        assert.equal(await tryLock(shaped(theirs), path, false), true);
        // Several may share it, nobody may have it alone.
        assert.equal(await tryLock(shaped(mine), path, false), true);
        await mine.unlock();
        assert.equal(await tryLock(shaped(mine), path, true), false);
      }),
  });
}

Deno.test("asking whether a lock is taken does not take it", () =>
  withTwoHandles(async (path, mine) => {
    assert.equal(isTaken(path, true), false);
    assert.equal(await tryLock(mine, path, true), true);
    assert.equal(isTaken(path, true), Deno.build.os === "linux");
    assert.equal(isTaken(join(path, "..", "none"), true), false);
  }));
