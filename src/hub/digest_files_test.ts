import assert from "node:assert/strict";
import { join } from "node:path";
import { digestFiles } from "./digest_files.ts";

const DAY_MS = 86_400_000;
/** SHA-256 of "one" and "two". */
const ONE = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
const TWO = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";

async function withFolder(
  action: (
    folder: string,
    digest: (...names: string[]) => Promise<string[]>,
    read: string[],
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const read: string[] = [];
  try {
    await action(folder, async (...names) => {
      const paths = names.map((name) => join(folder, name));
      const digests = await digestFiles(paths, {
        environment: { houqaCache: join(folder, "cache") },
        onProgress: ({ path }) => read.push(path.slice(folder.length + 1)),
        // Files made just now are old enough tomorrow.
        now: () => Date.now() + DAY_MS,
      });
      return paths.map((path) => digests.get(path)!);
    }, read);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a file is read once, and again when anything about it changed", () =>
  withFolder(async (folder, digest, read) => {
    const path = join(folder, "a");
    await Deno.writeTextFile(path, "one");
    await Deno.writeTextFile(join(folder, "b"), "two");
    assert.deepEqual(await digest("a", "b", "a"), [ONE, TWO, ONE]);
    assert.deepEqual(await digest("a", "b"), [ONE, TWO]);
    assert.deepEqual(read, ["a", "b"]);
    const { mtime } = await Deno.stat(path);

    // The same size and time of writing: only the inode tells.
    await Deno.writeTextFile(join(folder, "new"), "two");
    await Deno.utime(join(folder, "new"), mtime!, mtime!);
    await Deno.rename(join(folder, "new"), path);
    assert.deepEqual(await digest("a"), [TWO]);

    await Deno.writeTextFile(path, "one");
    await Deno.utime(path, new Date(), new Date(0));
    assert.deepEqual(await digest("a"), [ONE]);
    assert.deepEqual(read, ["a", "b", "a", "a"]);
  }));

Deno.test("a file that was written just now is not remembered", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "a");
  const environment = { houqaCache: join(folder, "cache") };
  await Deno.writeTextFile(path, "one");
  assert.equal((await digestFiles([path], { environment })).get(path), ONE);
  await Deno.writeTextFile(path, "two");
  assert.equal((await digestFiles([path], { environment })).get(path), TWO);
  await assert.rejects(Deno.stat(join(folder, "cache")), Deno.errors.NotFound);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a link is digested as what it leads to; the same content has one digest", () =>
  withFolder(async (folder, digest, read) => {
    await Deno.mkdir(join(folder, "blobs"));
    await Deno.writeTextFile(join(folder, "blobs/x"), "one");
    await Deno.symlink("blobs/x", join(folder, "link"));
    assert.deepEqual(await digest("link"), [ONE]);
    assert.deepEqual(await digest("blobs/x"), [ONE]);
    assert.deepEqual(read, ["link"]);
  }));

Deno.test("a damaged index is as good as none; one that can't be written is no error", () =>
  withFolder(async (folder, digest, read) => {
    await Deno.writeTextFile(join(folder, "a"), "one");
    await digest("a");
    await Deno.writeTextFile(join(folder, "cache/digests.json"), "{");
    assert.deepEqual(await digest("a"), [ONE]);
    assert.equal(read.length, 2);
    await Deno.remove(join(folder, "cache"), { recursive: true });
    await Deno.writeTextFile(join(folder, "cache"), "a file");
    assert.deepEqual(await digest("a"), [ONE]);
  }));

Deno.test("a file that changes while it is read is refused; a signal ends the reading", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "a");
  const environment = { houqaCache: join(folder, "cache") };
  await Deno.writeTextFile(path, "one");
  const onProgress = () => Deno.writeTextFileSync(path, "three");
  await assert.rejects(digestFiles([path], { environment, onProgress }), /changed while it was/);
  const signal = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(digestFiles([path], { environment, signal }), /stopped/);
  await Deno.remove(folder, { recursive: true });
});
