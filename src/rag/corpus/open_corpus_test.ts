import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import type { Corpus } from "./corpus.ts";
import { CORPUS_LIMITS } from "./corpus_limits.ts";
import type { Law } from "./law.ts";
import { inFolder, writeFiles, zipOf } from "./law_corpus_double.ts";
import { openCorpus, type OpenCorpusOptions } from "./open_corpus.ts";
import { plainLawXml } from "./law_xml_double.ts";
import { openZip } from "./zip_files.ts";

const TODAY = "20240501";
const ID = "323AC0000000025";
const OTHER = "405AC0000000090";
const AMENDING = "504AC0000000068";
const law = (title: string, articles = 2) => plainLawXml(articles, title);

interface Reading {
  readonly laws: Law[];
  readonly problems: string[];
  readonly corpus: Corpus;
}

async function readAll(path: string, options: Partial<OpenCorpusOptions> = {}): Promise<Reading> {
  const problems: string[] = [];
  const corpus = await openCorpus(path, {
    today: TODAY,
    onProblem: (message) => problems.push(message),
    ...options,
  });
  const laws: Law[] = [];
  try {
    for await (const one of corpus.laws()) laws.push(one);
  } finally {
    await corpus.close();
  }
  const { found, skipped } = corpus.counts;
  const left = [...skipped.values()].reduce((sum, count) => sum + count, 0);
  assert.equal(found, laws.length + left, "found = laws + skipped");
  assert.equal(corpus.counts.laws, laws.length);
  assert.deepEqual(corpus.counts.text.unaccounted, { pieces: 0, characters: 0 });
  return { laws, problems, corpus };
}

const titles = ({ laws }: Reading) => laws.map(({ lawId, title }) => `${lawId} ${title}`);

/** As e-Gov's archive has them: a folder a revision, with a list beside. */
function bulk(): Record<string, string> {
  const revision = (id: string, date: string, title: string) => {
    const name = `${id}_${date}_${AMENDING}`;
    return { [`${name}/${name}.xml`]: law(title) };
  };
  return {
    "all_law_list.csv": "法令種別\r\n",
    ...revision(ID, "20200401", "古い"),
    ...revision(ID, "20240501", "今日から"),
    ...revision(ID, "20250401", "来年から"),
    ...revision(OTHER, "20230101", "もう一つの法"),
    ...revision("506AC0000000001", "20991231", "未施行の法"),
  };
}

Deno.test("of several revisions the one in force is read, the others are counted", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "all.zip");
    await Deno.writeFile(path, await zipOf(bulk()));
    const inZip = await readAll(path);
    assert.deepEqual(titles(inZip), [`${ID} 今日から`, `${OTHER} もう一つの法`]);
    const { counts, kind } = inZip.corpus;
    assert.equal(kind, "zip");
    assert.deepEqual([...counts.skipped], [["not yet in force", 2], ["older revision", 1]]);
    assert.deepEqual([...counts.others], [[".csv", 1]]);
    assert.deepEqual([counts.units, counts.articles, counts.deleted, counts.rows], [4, 4, 0, 4]);
    assert.deepEqual(inZip.problems, []);

    const inFolders = await readAll(await writeFiles(join(folder, "xml"), bulk()));
    assert.deepEqual(inFolders.laws, inZip.laws);
    assert.equal(inFolders.corpus.digest(), inZip.corpus.digest());
    assert.match(inZip.corpus.digest(), /^[0-9a-f]{64}$/);

    // As `laws fetch` leaves a folder: the archive, and newer laws beside it.
    await writeFiles(join(folder, "both"), {
      [`${OTHER}_20240201_${AMENDING}.xml`]: law("新しいもう一つの法"),
    });
    await Deno.copyFile(path, join(folder, "both", "all_xml.zip"));
    const both = await readAll(join(folder, "both"));
    assert.deepEqual(titles(both), [`${ID} 今日から`, `${OTHER} 新しいもう一つの法`]);
    assert.equal(both.corpus.counts.found, 6);

    const before = await readAll(path, { today: "20240430" });
    assert.deepEqual(titles(before), [`${ID} 古い`, `${OTHER} もう一つの法`]);
    assert.notEqual(before.corpus.digest(), inZip.corpus.digest());
    const later = await readAll(path, { today: "20991231" });
    assert.deepEqual(titles(later), [
      `${ID} 来年から`,
      `${OTHER} もう一つの法`,
      "506AC0000000001 未施行の法",
    ]);
  });
});

Deno.test("any nesting and any file names; a law that comes twice is read once", async () => {
  await inFolder(async (folder) => {
    await writeFiles(folder, {
      "a/b/c/d/law one.XML": law("甲"),
      [`z/${ID}.xml`]: law("乙"),
      [`${OTHER}.json`]: JSON.stringify({
        tag: "Law",
        children: [{ tag: "LawNum", children: ["丙号"] }, {
          tag: "LawBody",
          children: [{
            tag: "MainProvision",
            children: [{ tag: "Paragraph", attr: { Num: "1" }, children: ["文"] }],
          }],
        }],
      }),
      "second copy.xml": law("甲の写し"),
      "manifest.json": "{}",
      ".hidden.xml": "no",
      ".git/x.xml": "no",
      "x.xml.part": "no",
      "notes": "no",
    });
    const reading = await readAll(folder);
    assert.deepEqual(titles(reading), [
      `${ID} 乙`,
      `${OTHER} 丙号`,
      "令和九十九年法律第一号 甲",
    ]);
    assert.deepEqual([...reading.corpus.counts.skipped], [["same law twice", 1]]);
    assert.match(reading.problems[0]!, /copy\.xml: .*was read already\. The law is left out\.$/);
    assert.deepEqual([...reading.corpus.counts.others].sort(), [
      [".json", 1],
      [".part", 1],
      ["hidden", 2],
      ["without ending", 1],
    ]);
  });
});

Deno.test("a broken law is named with its line and doesn't stop the others", async () => {
  await inFolder(async (folder) => {
    await writeFiles(folder, {
      [`${ID}.xml`]: law("切れた").slice(0, 600),
      [`${OTHER}.xml`]: law("無事"),
      "empty.xml": "",
      "binary.xml": Uint8Array.of(0xff, 0xfe, 0, 1, 2, 3),
    });
    const progress: number[] = [];
    const reading = await readAll(folder, {
      onProgress: ({ doneBytes, totalBytes }) => progress.push(doneBytes / totalBytes),
    });
    assert.deepEqual(titles(reading), [`${OTHER} 無事`]);
    assert.deepEqual([...reading.corpus.counts.skipped].sort(), [
      ["broken XML", 2],
      ["not UTF-8", 1],
    ]);
    assert.equal(reading.problems.length, 3);
    assert.match(reading.problems[0]!, /323AC0000000025\.xml:\d+: .+\. The law is left out\.$/);
    assert.deepEqual([progress.length, progress.at(-1)], [4, 1]);
  });
});

Deno.test("one XML file is a corpus too; nothing to read is said at once", async () => {
  await inFolder(async (folder) => {
    await writeFiles(folder, { [`${ID}.xml`]: law("一つ"), "leer/x.txt": "" });
    const reading = await readAll(join(folder, `${ID}.xml`));
    assert.deepEqual(titles(reading), [`${ID} 一つ`]);
    assert.equal(reading.corpus.kind, "file");
    await assert.rejects(
      readAll(join(folder, "leer")),
      /holds no law: no file in it ends in \.xml/,
    );
    await assert.rejects(readAll(join(folder, "none")), /does not exist.*laws fetch/);
    await assert.rejects(
      openCorpus(folder, { today: TODAY, limits: { ...CORPUS_LIMITS, files: 1 } }),
      /holds more than 1 files/,
    );
  });
});

Deno.test("unreadable files and links in a circle are no trouble", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await inFolder(async (folder) => {
    await writeFiles(folder, { [`${ID}.xml`]: law("一つ") });
    await Deno.symlink(folder, join(folder, "circle"));
    await Deno.symlink(join(folder, "gone"), join(folder, "gone.xml"));
    await Deno.symlink(join(folder, `${ID}.xml`), join(folder, "link.xml"));
    const reading = await readAll(folder);
    assert.deepEqual(titles(reading), [`${ID} 一つ`, "令和九十九年法律第一号 一つ"]);
  });
});

Deno.test("names in an archive are only names", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "evil.zip");
    const names = [
      `../../${ID}_20240101_${AMENDING}.xml`,
      "/etc/passwd.xml",
      "C:\\windows\\x.xml",
      "a/../../b\u001b[2J\n.xml",
      "\u202exml.exe.xml",
    ];
    await Deno.writeFile(
      path,
      await zipOf(
        Object.fromEntries(names.map((name, i) => [name, plainLawXml(1, `法${i}`, `第${i}号`)])),
      ),
    );
    const before = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    const reading = await readAll(path);
    assert.equal(reading.laws.length, 5);
    assert.equal(reading.laws[0]!.lawId, ID);
    const after = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    assert.deepEqual(after, before);
    await Deno.writeFile(path, await zipOf({ [names[3]!]: "broken", [names[4]!]: "broken" }));
    const { problems } = await readAll(path);
    assert.equal(problems.length, 2);
    // deno-lint-ignore no-control-regex
    for (const problem of problems) assert.doesNotMatch(problem, /[\u0000-\u001f\u202e]/);
  });
});

Deno.test("zip bombs are left out, whether their headers tell the truth or not", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bomb.zip");
    const bomb = new Uint8Array(8 << 20).fill(0x20);
    const archive = await zipOf({ "bomb.xml": bomb, [`${ID}.xml`]: law("無事") });
    await Deno.writeFile(path, archive);
    const honest = await readAll(path);
    assert.deepEqual(titles(honest), [`${ID} 無事`]);
    assert.deepEqual([...honest.corpus.counts.skipped], [["zip bomb", 1]]);
    const small = await readAll(path, { limits: { ...CORPUS_LIMITS, fileBytes: 1 << 20 } });
    assert.deepEqual([...small.corpus.counts.skipped], [["too large", 1]]);

    // The header says 1,000 bytes, in both places; the data inflates to 8 MiB.
    const view = new DataView(archive.buffer);
    let lies = 0;
    for (let at = 0; at < archive.length - 4; at++) {
      if (view.getUint32(at, true) !== bomb.length) continue;
      view.setUint32(at, 1000, true);
      lies++;
    }
    assert.ok(lies >= 1);
    await Deno.writeFile(path, archive);
    const lying = await readAll(path);
    assert.deepEqual(titles(lying), [`${ID} 無事`]);
    assert.deepEqual([...lying.corpus.counts.skipped], [["damaged in the zip", 1]]);
  });
});

Deno.test("files of an archive that share their bytes are left out", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "overlap.zip");
    const archive = await zipOf({
      "a.xml": plainLawXml(3, "甲", "一号"),
      "b.xml": plainLawXml(3, "乙", "二号"),
      "c.xml": plainLawXml(3, "丙", "三号"),
    });
    // The second entry of the list points at the first one's bytes.
    const view = new DataView(archive.buffer);
    const entries: number[] = [];
    for (let at = 0; at < archive.length - 4; at++) {
      if (view.getUint32(at, true) === 0x02014b50) entries.push(at);
    }
    view.setUint32(entries[1]! + 42, view.getUint32(entries[0]! + 42, true), true);
    await Deno.writeFile(path, archive);
    const reading = await readAll(path);
    assert.deepEqual(reading.laws.map(({ title }) => title), ["丙"]);
    assert.deepEqual([...reading.corpus.counts.skipped], [["zip bomb", 2]]);
  });
});

Deno.test("files of an archive are read in whatever order their names have", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "all.zip");
    const ids = ["405AC0000000090", "323AC0000000025", "412AC0000000001"];
    await Deno.writeFile(
      path,
      await zipOf(Object.fromEntries(ids.map((id) => [`${id}.xml`, law(`法${id}`)]))),
    );
    const reading = await readAll(path);
    assert.deepEqual(titles(reading), ids.toSorted().map((id) => `${id} 法${id}`));
    const { files, close } = await openZip(path, CORPUS_LIMITS);
    for (const index of [2, 0, 1, 1]) {
      // No order was planned: each is found all the same.
      let text = "";
      await files[index]!.read((bytes) => text += new TextDecoder().decode(bytes));
      assert.match(text, new RegExp(`法${ids[index]}`));
    }
    await close();
  });
});

Deno.test("a file in an archive that was changed is left out, the others are read", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "all.zip");
    const archive = await zipOf({
      [`${ID}.xml`]: law("壊れる", 40),
      [`${OTHER}.xml`]: law("無事"),
    });
    archive[200]! ^= 0x55;
    await Deno.writeFile(path, archive);
    const reading = await readAll(path);
    assert.deepEqual(titles(reading), [`${OTHER} 無事`]);
    assert.equal(reading.problems.length, 1);
  });
});

Deno.test("a truncated archive, and what is none, are refused with what to do", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "all.zip");
    const archive = await zipOf(bulk());
    for (const length of [0, 3, 100, archive.length >> 1, archive.length - 1]) {
      await Deno.writeFile(path, archive.subarray(0, length));
      await assert.rejects(
        readAll(path),
        (error) =>
          error instanceof UsageError &&
          /can't be read as a zip archive: .*cut off.*download it again/.test(error.message),
        String(length),
      );
    }
    await Deno.writeFile(path, await zipOf({ "a.txt": "x", "b.txt": "x" }));
    await assert.rejects(readAll(path), /holds no law/);
    await assert.rejects(
      readAll(path, { limits: { ...CORPUS_LIMITS, files: 1 } }),
      /it holds more than 1 files/,
    );
  });
});
