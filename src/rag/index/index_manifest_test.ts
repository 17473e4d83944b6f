import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../../settings/usage_error.ts";
import { buildIndex } from "./build_index.ts";
import { lawDouble, withIndexFolder } from "./index_double.ts";
import { INDEX_FILES, indexFilePath, readManifest } from "./index_manifest.ts";
import { openTextStore } from "../remote/open_text_store.ts";
import { openIndex } from "./open_index.ts";
import { verifyIndex } from "./verify_index.ts";

const LAWS = [lawDouble("甲法", [["届出をする。"], ["許可を受ける。"]])];

/** Checks that an index is refused, for a reason and with the command that builds it. */
async function assertRefused(
  folder: string,
  reason: RegExp,
  advice = `Build it again with \`houqa laws build --out ${folder}\`.`,
): Promise<void> {
  await assert.rejects(openIndex(folder), (error) => {
    assert.ok(error instanceof UsageError, String((error as Error).stack));
    assert.match(error.message, reason);
    assert.ok(error.message.endsWith(advice), error.message);
    return true;
  });
}

Deno.test("a folder that is no index is refused", async () => {
  await withIndexFolder(async (folder) => {
    const first = (path: string) => `. Build it with \`houqa laws build --out ${path}\`.`;
    await assertRefused(
      folder,
      /holds no index of laws: .*manifest\.json does not exist/,
      first(folder),
    );
    await Deno.mkdir(folder);
    await assertRefused(folder, /holds no index/, first(folder));
    // A build would put its manifest in the place of theirs.
    const elsewhere = "build one in another folder with `houqa laws build --out <folder>`.";
    await Deno.writeTextFile(`${folder}/manifest.json`, '{"name": "a web page"}');
    await assertRefused(folder, /is no index of houqa/, elsewhere);
    await Deno.writeTextFile(`${folder}/manifest.json`, "null");
    await assertRefused(folder, /is no index of houqa/, elsewhere);
    await Deno.writeTextFile(`${folder}/manifest.json`, '{"format": "houqa law index"');
    await assertRefused(folder, /is damaged: manifest\.json is not JSON/);
    const file = `${folder}/manifest.json`;
    await assertRefused(file, /holds no index/, first(file));
    await Deno.remove(file);
    await Deno.mkdir(file);
    await assertRefused(folder, /can't be read: .*Give yourself the right/, "--out <folder>`.");
  });
});

Deno.test("the command that builds an index again names what it was built from", async () => {
  await withIndexFolder(async (parent) => {
    const folder = `${parent}/it's mine`;
    const quoted = `'${parent}/it'\\''s mine'`;
    const damage = async (source?: string, asOf?: string) => {
      const { manifest } = await buildIndex(LAWS, folder, { source, asOf });
      await Deno.writeFile(indexFilePath(folder, manifest, "postings.bin"), new Uint8Array(3));
    };
    const advice = (rest: string) => `\`houqa laws build --out ${quoted}${rest}\`.`;
    await damage();
    await assertRefused(folder, /is damaged/, advice(""));
    await damage("data/法令.zip");
    await assertRefused(folder, /is damaged/, advice(" --in data/法令.zip"));
    await damage("my laws", "2024-04-01");
    const whole = advice(" --in 'my laws' --as-of 2024-04-01");
    await assertRefused(folder, /is damaged/, whole);
    await assert.rejects(verifyIndex(folder), (error: Error) => error.message.endsWith(whole));
    const path = `${folder}/manifest.json`;
    const manifest = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...manifest, format_version: 99 }));
    await assertRefused(folder, /another version of houqa/, whole);
    // What a damaged manifest says of it may be anything.
    for (const source of ["a\u001b[2Jb", "x".repeat(301), "", 5, null]) {
      const corpus = { ...manifest.corpus, source, as_of: "yesterday", rows: -1 };
      await Deno.writeTextFile(path, JSON.stringify({ ...manifest, corpus }));
      await assertRefused(folder, /is damaged/, advice(""));
    }
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

Deno.test("lengths that changed are noticed at every opening, before they change scores", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest } = await buildIndex(LAWS, folder, { source: "laws.zip" });
    const path = indexFilePath(folder, manifest, "documents.bin");
    const bytes = await Deno.readFile(path);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      await Deno.writeFile(path, changed);
      const advice = `\`houqa laws build --out ${folder} --in laws.zip\`.`;
      await assertRefused(folder, /is damaged .*documents\.bin has the SHA-256 /, advice);
      await assert.rejects(openTextStore(folder), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /documents\.bin has the SHA-256 /);
        assert.ok(error.message.endsWith(advice), error.message);
        return true;
      });
    }
    await Deno.writeFile(path, bytes);
    (await openIndex(folder)).close();
    (await openTextStore(folder)).close();
  });
});

Deno.test("a damaged block of texts is told in plain words", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest } = await buildIndex(LAWS, folder);
    const path = indexFilePath(folder, manifest, "corpus.sqlite");
    const readFirst = async (change: (database: DatabaseSync) => void) => {
      const database = new DatabaseSync(path);
      change(database);
      database.close();
      const size_bytes = (await Deno.stat(path)).size;
      const files = { ...manifest.files };
      files["corpus.sqlite"] = { ...files["corpus.sqlite"], size_bytes };
      await Deno.writeTextFile(
        `${folder}/manifest.json`,
        JSON.stringify({ ...manifest, files }),
      );
      const index = await openIndex(folder);
      try {
        index.corpus.row(0);
      } catch (error) {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /Build it again with `houqa laws build --out /);
        return error.message;
      } finally {
        index.close();
      }
    };
    assert.equal(await readFirst(() => {}), undefined);
    const smaller = await readFirst((database) =>
      database.exec("UPDATE blocks SET size = size - 2")
    );
    assert.match(
      smaller!,
      /: a block of the texts is larger than the \d+ bytes that the index says\. /,
    );
    const broken = await readFirst((database) =>
      database.exec(
        "UPDATE blocks SET size = size + 2, units = CAST(x'00' || substr(units, 2) AS BLOB)",
      )
    );
    assert.match(broken!, /: a block of the texts can't be unpacked \(/);
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
    // Of the right size when the manifest is read, and gone when it is its turn.
    const last = indexFilePath(folder, manifest, "postings.bin");
    await assert.rejects(
      verifyIndex(folder, (path) => path === last && Deno.removeSync(last)),
      (error) => error instanceof UsageError && /postings\.bin can't be read/.test(error.message),
    );
    await Deno.writeFile(last, new Uint8Array(manifest.files["postings.bin"].size_bytes));
    assert.deepEqual(await readManifest(folder), manifest);
  });
});

Deno.test("an index that is replaced while it is verified is verified as it then is", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest: before } = await buildIndex(LAWS, folder);
    const next = [lawDouble("乙法", [["届出をする。"]])];
    // The files of the index before are gone when their turn comes.
    const seen: string[] = [];
    const kept = `${folder}-kept`;
    await Deno.rename(folder, kept);
    const { manifest: after } = await buildIndex(next, folder);
    const replaced = `${folder}-replaced`;
    await Deno.rename(folder, replaced);
    await Deno.rename(kept, folder);
    const found = await verifyIndex(folder, (path) => {
      seen.push(path);
      if (seen.length !== 2) return;
      Deno.removeSync(folder, { recursive: true });
      Deno.renameSync(replaced, folder);
    });
    assert.notEqual(before.folder, after.folder);
    assert.deepEqual(found, after);
    assert.equal(seen.length, 2 + INDEX_FILES.length);
  });
});
