import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import type { Law } from "../corpus/law.ts";
import { buildIndex } from "./build_index.ts";
import { lawDouble, withIndexFolder } from "./index_double.ts";
import { verifyIndex } from "./verify_index.ts";

const LAWS = [
  lawDouble("甲法", [["届出をする。"], ["許可を受ける。", "前項の許可"]]),
  lawDouble("乙法", [["罰金に処する。"]]),
];

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("a build that fails leaves nothing new, neither folders nor its lock", async () => {
  await withIndexFolder(async (folder) => {
    const parent = join(folder, "..");
    await assert.rejects(buildIndex([], join(folder, "a/b")), UsageError);
    assert.deepEqual(names(parent), []);
    await Deno.mkdir(folder);
    await assert.rejects(buildIndex([], join(folder, "a/b")), UsageError);
    await assert.rejects(buildIndex([], folder), UsageError);
    assert.deepEqual(names(folder), []);
    // What somebody else puts there meanwhile stays, and so do the folders around it.
    async function* laws() {
      await Deno.writeTextFile(join(folder, "a/notes.txt"), "mine");
      yield* [] as Law[];
    }
    await assert.rejects(buildIndex(laws(), join(folder, "a/b")), UsageError);
    assert.deepEqual([names(folder), names(join(folder, "a"))], [["a"], ["notes.txt"]]);
  });
});

Deno.test("who waits for a build that fails in a new folder builds there all the same", async () => {
  await withIndexFolder(async (folder) => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    async function* failing() {
      yield LAWS[0]!;
      begun.resolve();
      await gate.promise;
      throw new UsageError("no more laws");
    }
    const one = buildIndex(failing(), folder);
    await begun.promise;
    const waiting = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const others = waiting.map(({ resolve }) => buildIndex(LAWS, folder, { onWait: resolve }));
    await Promise.all(waiting.map(({ promise }) => promise));
    gate.resolve();
    await assert.rejects(one, /no more laws/);
    await Promise.all(others);
    assert.equal((await verifyIndex(folder)).corpus.laws, 2);
    assert.equal(names(folder).length, 3);
  });
});

Deno.test("a folder with somebody else's files is refused before anything is written", async () => {
  await withIndexFolder(async (folder) => {
    const manifest = join(folder, "manifest.json");
    const refused = async (reason: RegExp) => {
      const before = names(folder);
      await assert.rejects(buildIndex(LAWS, folder), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, reason);
        assert.match(error.message, /Name a new folder with --out\.$/);
        return true;
      });
      assert.deepEqual(names(folder), before);
    };
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "a.txt"), "mine");
    await refused(/laws holds files that are not of an index of laws \(a\.txt\)/);
    await Deno.mkdir(join(folder, "index-2024"));
    await refused(/\(a\.txt and 1 more\)/);
    await Deno.writeTextFile(manifest, "broken");
    await refused(/\(a\.txt and 1 more\)/);
    for (const text of ['{"name": "a web page"}', "null", '{"schema": 1}']) {
      await Deno.writeTextFile(manifest, text);
      await refused(/holds a manifest\.json that is not of an index of laws/);
    }
    await Deno.remove(folder, { recursive: true });

    // What a build leaves that is killed, a damaged manifest, and hidden files are no hindrance.
    await Deno.mkdir(join(folder, ".build-01234567"), { recursive: true });
    await Deno.mkdir(join(folder, "index-01234567"));
    await Deno.writeTextFile(join(folder, ".build.lock"), "");
    await Deno.writeTextFile(join(folder, "manifest.json.tmp"), "{");
    await Deno.writeTextFile(manifest, "{");
    await buildIndex(LAWS, folder);
    assert.equal((await verifyIndex(folder)).corpus.laws, 2);
    // Beside an index, of whatever version, anything may lie.
    await Deno.writeTextFile(join(folder, "a.txt"), "mine");
    await Deno.writeTextFile(manifest, '{"format": "houqa law index", "format_version": 0}');
    await buildIndex(LAWS, folder);
    assert.equal(await Deno.readTextFile(join(folder, "a.txt")), "mine");
  });
});
