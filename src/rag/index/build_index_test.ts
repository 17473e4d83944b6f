import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeLaws } from "../../../tasks/bench/law_grammar.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import type { Law } from "../corpus/law.ts";
import { buildIndex, type BuildProgress } from "./build_index.ts";
import { lawDouble, readParts, unitDouble, withIndexFolder } from "./index_double.ts";
import { readManifest } from "./index_manifest.ts";
import { openIndex } from "./open_index.ts";
import { uncovered } from "./uncovered_double.ts";
import { verifyIndex } from "./verify_index.ts";

const LAWS = [
  lawDouble("甲法", [["届出をする。"], ["許可を受ける。", "前項の許可"]]),
  lawDouble("乙法", [["罰金に処する。"]]),
];

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("runs of any size merge to the same bytes", async () => {
  await withIndexFolder(async (folder) => {
    const laws = [...makeLaws({ rows: 1500, seed: 2 })];
    const one = await buildIndex(laws, folder);
    const expected = await readParts(folder);
    assert.equal(one.runs, 1);
    for (const postings of [300, 7777, 50_000]) {
      const runSize = { bytes: 1 << 20, lists: 2 ** 18, postings };
      const { runs, manifest } = await buildIndex(laws, folder, { runSize });
      assert.ok(runs > 1);
      assert.deepEqual(await readParts(folder), expected);
      assert.deepEqual(manifest.files, one.manifest.files);
      assert.deepEqual(manifest.corpus, one.manifest.corpus);
    }
  });
});

Deno.test("the report and the manifest count what came in", async () => {
  await withIndexFolder(async (folder) => {
    const phases: BuildProgress[] = [];
    const { manifest, sizeBytes } = await buildIndex(LAWS, folder, {
      source: "laws.zip",
      now: () => new Date("2026-01-02T03:04:05Z"),
      onProgress: (progress) => phases.push(progress),
    });
    const { laws, units, rows, cut_rows, source } = manifest.corpus;
    assert.deepEqual({ laws, units, rows, cut_rows, source }, {
      ...{ laws: 2, units: 3, rows: 4, cut_rows: 0, source: "laws.zip" },
    });
    assert.equal(manifest.created_at, "2026-01-02T03:04:05.000Z");
    assert.equal(
      sizeBytes,
      Object.values(await readParts(folder)).reduce((a, b) => a + b.length, 0),
    );
    assert.deepEqual(await readManifest(folder), manifest);
    assert.deepEqual(await verifyIndex(folder), manifest);
    assert.deepEqual(phases.map(({ phase }) => phase), ["reading", "reading", "finishing"]);
    assert.deepEqual([phases[1]!.laws, phases[1]!.rows], [2, 4]);
    assert.ok(phases[2]!.terms > 10);
  });
});

Deno.test("another corpus has another digest, the same one the same, whatever the terms", async () => {
  await withIndexFolder(async (folder) => {
    const digest = async (laws: Law[]) => (await buildIndex(laws, folder)).manifest.corpus.sha256;
    const original = await digest(LAWS);
    assert.equal(await digest(LAWS), original);
    for (
      const changed of [
        [LAWS[1]!, LAWS[0]!],
        [LAWS[0]!],
        [LAWS[0]!, { ...LAWS[1]!, lawNum: "別の番号" }],
        [LAWS[0]!, { ...LAWS[1]!, abbreviations: ["乙"] }],
        [LAWS[0]!, lawDouble("乙法", [["罰金に処する"]])],
        [LAWS[0]!, {
          ...LAWS[1]!,
          units: [unitDouble("1", ["罰金に処する。"], { caption: "罰則" })],
        }],
      ]
    ) assert.notEqual(await digest(changed), original);
  });
});

Deno.test("a row is searched by as many terms as fit, and what is cut is counted", async () => {
  await withIndexFolder(async (folder) => {
    const long = "表の内容".repeat(20_000);
    const { manifest } = await buildIndex([lawDouble("甲法", [[`${long}末尾`, "短い"]])], folder);
    assert.equal(manifest.corpus.cut_rows, 1);
    const index = await openIndex(folder);
    assert.equal(index.corpus.row(0).text.length, long.length + 2);
    assert.ok(index.scoreRows("内容").scores[0]! > 0);
    assert.equal(index.scoreRows("末尾").scores[0], 0);
    index.close();
  });
});

Deno.test("a bad corpus is refused, and the old index stays", async () => {
  await withIndexFolder(async (folder) => {
    await assert.rejects(buildIndex([], folder), UsageError);
    await assert.rejects(buildIndex([{ ...LAWS[0]!, units: [] }], folder), /no text of any law/);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
    const { manifest } = await buildIndex(LAWS, folder);
    await assert.rejects(
      buildIndex([LAWS[0]!, { ...LAWS[1]!, lawId: "甲法" }], folder),
      (error) =>
        error instanceof UsageError && /law id 甲法 stands for two laws/.test(error.message),
    );
    await assert.rejects(buildIndex([lawDouble("丙法", [[]])], folder), TypeError);
    async function* broken() {
      yield LAWS[0]!;
      await Promise.resolve();
      throw new UsageError("laws.zip: line 3: no law");
    }
    await assert.rejects(buildIndex(broken(), folder), /laws\.zip: line 3/);
    assert.deepEqual(names(folder), [".build.lock", manifest.folder, "manifest.json"].sort());
    assert.deepEqual(await verifyIndex(folder), manifest);
  });
});

Deno.test("a signal ends a build wherever it is", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest } = await buildIndex(LAWS, folder);
    for (const phase of ["reading", "finishing"] as const) {
      const controller = new AbortController();
      const onProgress = (progress: BuildProgress) => {
        if (progress.phase === phase) controller.abort();
      };
      await assert.rejects(
        buildIndex(LAWS, folder, { signal: controller.signal, onProgress }),
        { name: "AbortError" },
      );
    }
    await assert.rejects(buildIndex(LAWS, folder, { signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
    assert.deepEqual(names(folder), [".build.lock", manifest.folder, "manifest.json"].sort());
    assert.deepEqual(await verifyIndex(folder), manifest);
  });
});

Deno.test("a second build waits for the first, and readers of the old index go on", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest: first } = await buildIndex(LAWS, folder);
    const reader = await openIndex(folder);
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    async function* slow() {
      yield LAWS[0]!;
      begun.resolve();
      await gate.promise;
      events.push("first read");
    }
    const one = buildIndex(slow(), folder);
    await begun.promise;
    const waiting = Promise.withResolvers<string>();
    const two = buildIndex(LAWS, folder, { onWait: waiting.resolve });
    assert.match(await waiting.promise, /Another process is building .*laws; waiting/);
    assert.deepEqual(await verifyIndex(folder), first);
    gate.resolve();
    assert.equal((await one).manifest.corpus.laws, 1);
    const { manifest } = await two;
    assert.equal(manifest.corpus.laws, 2);
    assert.deepEqual(events, ["first read"]);
    assert.deepEqual(names(folder), [".build.lock", manifest.folder, "manifest.json"].sort());
    assert.equal(reader.corpus.row(3).text, "罰金に処する。");
    assert.ok(reader.scoreRows("罰金").scores[3]! > 0);
    reader.close();
  });
});

Deno.test("what somebody else keeps beside an index stays", async () => {
  await withIndexFolder(async (folder) => {
    const kept = ["index-backup", "index-old-2024", "index-0123abcd", ".build-0123abcd"];
    await buildIndex(LAWS, folder);
    for (const name of kept) await Deno.mkdir(join(folder, name));
    for (const name of kept) await Deno.writeTextFile(join(folder, name, "notes.txt"), "mine");
    await Deno.mkdir(join(folder, "index-89abcdef"));
    await Deno.writeTextFile(join(folder, "index-89abcdef", "postings.bin"), "of a killed build");
    const { manifest } = await buildIndex(LAWS, folder);
    for (const name of kept) assert.deepEqual(names(join(folder, name)), ["notes.txt"]);
    assert.deepEqual(
      names(folder),
      [".build.lock", ...kept, manifest.folder, "manifest.json"].sort(),
    );
  });
});

Deno.test("a folder that can't be written is an error that names it", async () => {
  await withIndexFolder(async (folder) => {
    await Deno.writeTextFile(folder, "a file");
    for (const path of [folder, `${folder}/below`]) {
      await assert.rejects(
        buildIndex(LAWS, path),
        (error) =>
          error instanceof CannotContinueError && error.message.includes(path) &&
          /Name another folder with --out/.test(error.message),
        path,
      );
    }
  });
});

Deno.test("a disk that is full ends the build, and the old index stays", async () => {
  await withIndexFolder(async (folder) => {
    const { manifest } = await buildIndex(LAWS, folder);
    const program = fileURLToPath(new URL("build_index_double.ts", import.meta.url));
    const run = [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-check",
      "-A",
      program,
      folder,
      "3000",
      "1",
    ];
    // A limit on the size of files (in KiB) acts as a full disk does, on every file system.
    for (const limit of [64, 200]) {
      const { success, stderr } = await new Deno.Command("bash", {
        args: ["-c", `trap '' XFSZ; ulimit -f ${limit}; exec "$@"`, "-", ...run],
        ...uncovered(),
        stderr: "piped",
      }).output();
      assert.equal(success, false);
      assert.match(
        new TextDecoder().decode(stderr),
        /CannotContinueError: Can't write the index .*An index that was there before still works/,
      );
      assert.deepEqual(await verifyIndex(folder), manifest);
      assert.deepEqual(names(folder), [".build.lock", manifest.folder, "manifest.json"].sort());
    }
  });
});
