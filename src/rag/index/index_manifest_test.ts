import assert from "node:assert/strict";
import { UsageError } from "../../settings/usage_error.ts";
import { buildIndex } from "./build_index.ts";
import { lawDouble, withIndexFolder } from "./index_double.ts";
import { INDEX_FILES, indexFilePath, readManifest } from "./index_manifest.ts";
import { openIndex, verifyIndex } from "./open_index.ts";

const LAWS = [lawDouble("甲法", [["届出をする。"], ["許可を受ける。"]])];

/** Checks that an index is refused, for a reason and with the command that builds it. */
async function assertRefused(folder: string, reason: RegExp): Promise<void> {
  await assert.rejects(openIndex(folder), (error) => {
    assert.ok(error instanceof UsageError, String((error as Error).stack));
    assert.match(error.message, reason);
    assert.ok(error.message.endsWith(`\`houqa laws build --out ${folder}\`.`), error.message);
    return true;
  });
}

Deno.test("a folder that is no index is refused", async () => {
  await withIndexFolder(async (folder) => {
    await assertRefused(folder, /holds no index of laws: .*manifest\.json does not exist/);
    await Deno.mkdir(folder);
    await assertRefused(folder, /holds no index/);
    await Deno.writeTextFile(`${folder}/manifest.json`, '{"name": "a web page"}');
    await assertRefused(folder, /is no index of houqa/);
    await Deno.writeTextFile(`${folder}/manifest.json`, "null");
    await assertRefused(folder, /is no index of houqa/);
    await Deno.writeTextFile(`${folder}/manifest.json`, '{"format": "houqa law index"');
    await assertRefused(folder, /is damaged: manifest\.json is not JSON/);
    await assertRefused(`${folder}/manifest.json`, /holds no index/);
  });
});

Deno.test("an index of another version of the format or of the terms is refused", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest } = await buildIndex(LAWS, folder);
    const rewrite = (change: Record<string, unknown>) =>
      Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify({ ...manifest, ...change }));
    await rewrite({ format_version: 99 });
    await assertRefused(folder, /another version of houqa: its format is 99/);
    await rewrite({ analyser: "law-bigrams-0" });
    await assertRefused(folder, /another version of houqa: its terms are of law-bigrams-0/);
    await rewrite({ corpus: { ...manifest.corpus, rows: -1 } });
    await assertRefused(folder, /is damaged: manifest\.json: corpus\.rows/);
    await rewrite({ folder: "../../somewhere" });
    await assertRefused(folder, /is damaged: manifest\.json: folder/);
    await rewrite({ surprise: 1 });
    await assertRefused(folder, /is damaged: manifest\.json/);
    await rewrite({});
    (await openIndex(folder)).close();
  });
});

Deno.test("a part that is missing or has another size is noticed at every opening", async () => {
  await withIndexFolder(async (folder) => {
    for (const name of INDEX_FILES) {
      const { manifest } = await buildIndex(LAWS, folder);
      const path = indexFilePath(folder, manifest, name);
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes.subarray(1));
      await assertRefused(folder, new RegExp(`${name} has ${bytes.length - 1} bytes and should`));
      await Deno.remove(path);
      await assertRefused(folder, new RegExp(`${name} can't be read`));
    }
  });
});

Deno.test("verifying finds any byte that changed", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest } = await buildIndex(LAWS, folder);
    const seen: string[] = [];
    await verifyIndex(folder, (path) => seen.push(path));
    assert.deepEqual(seen, INDEX_FILES.map((name) => indexFilePath(folder, manifest, name)));
    for (const name of INDEX_FILES) {
      const path = indexFilePath(folder, manifest, name);
      const bytes = await Deno.readFile(path);
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(path, bytes);
      await assert.rejects(verifyIndex(folder), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, new RegExp(`is damaged: .*${name} has the SHA-256`));
        return true;
      });
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(path, bytes);
    }
    assert.deepEqual(await readManifest(folder), manifest);
  });
});
