import assert from "node:assert/strict";
import { join } from "node:path";
import { buildIndex } from "../index/build_index.ts";
import { openIndex } from "../index/open_index.ts";
import { inFolder, writeFiles, zipOf } from "./law_corpus_double.ts";
import { plainLawXml } from "./law_xml_double.ts";
import { openCorpus } from "./open_corpus.ts";
import { alsoWriteJsonl } from "./write_jsonl.ts";

/** More than are looked up in an archive's list at once. */
const LAWS = 1100;

/** Laws by the names of their files, in an order of no meaning; the last ones are named otherwise. */
function files(): [string, string][] {
  return Array.from({ length: LAWS }, (_, i) => {
    const at = (i * 389 + 7) % LAWS;
    const xml = plainLawXml(1, `第${at}法`, `令和九年法律第${at + 1}号`);
    const id = `409AC${String(at + 1).padStart(10, "0")}`;
    return [at < 5 ? `${at}番.xml` : `${id}/${id}.xml`, xml];
  });
}

interface Built {
  readonly sha256: string;
  readonly titles: string[];
}

async function build(path: string, out: string, jsonl?: string): Promise<Built> {
  const corpus = await openCorpus(path, { today: "20300101" });
  try {
    const laws = corpus.laws();
    const { manifest } = await buildIndex(
      jsonl === undefined ? laws : alsoWriteJsonl(laws, jsonl),
      out,
    );
    const index = await openIndex(out);
    try {
      const titles = Array.from(
        { length: index.corpus.unitCount },
        (_, unit) => index.corpus.unit(unit).lawTitle,
      );
      return { sha256: manifest.corpus.sha256, titles };
    } finally {
      index.close();
    }
  } finally {
    await corpus.close();
  }
}

Deno.test("the same laws have the same digest and numbers, in folders, archives and JSONL", () =>
  inFolder(async (folder) => {
    const given = files();
    const out = join(folder, "index");
    const inFolders = await build(
      await writeFiles(join(folder, "xml"), Object.fromEntries(given)),
      out,
      join(folder, "laws.jsonl"),
    );
    assert.equal(inFolders.titles.length, LAWS);
    assert.deepEqual(inFolders.titles.slice(0, 2), ["第5法", "第6法"]);
    assert.deepEqual(inFolders.titles.slice(-2), ["第3法", "第4法"]);

    const forwards = join(folder, "forwards.zip");
    await Deno.writeFile(forwards, await zipOf(Object.fromEntries(given)));
    assert.deepEqual(await build(forwards, out), inFolders);
    const backwards = join(folder, "backwards.zip");
    await Deno.writeFile(backwards, await zipOf(Object.fromEntries(given.toReversed())));
    assert.deepEqual(await build(backwards, out), inFolders);
    assert.deepEqual(await build(join(folder, "laws.jsonl"), out), inFolders);

    // Half in an archive, half beside it, and all files in one folder.
    const mixed = join(folder, "mixed");
    await writeFiles(
      mixed,
      Object.fromEntries(given.slice(0, 500).map(([name, xml]) => [name.split("/").at(-1)!, xml])),
    );
    await Deno.writeFile(
      join(mixed, "more.zip"),
      await zipOf(Object.fromEntries(given.slice(500))),
    );
    assert.deepEqual(await build(mixed, out), inFolders);

    const lines = (await Deno.readTextFile(join(folder, "laws.jsonl"))).trimEnd().split("\n");
    await Deno.writeTextFile(join(folder, "other.jsonl"), lines.toReversed().join("\n"));
    const other = await build(join(folder, "other.jsonl"), out);
    assert.deepEqual(other.titles, inFolders.titles.toReversed());
    assert.notEqual(other.sha256, inFolders.sha256);
  }));
