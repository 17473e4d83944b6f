import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { tryLockFile } from "../../hub/file_lock.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import type { BuildCost } from "./build_cost.ts";
import { build, failAt, namesIn, store } from "./build_double.ts";
import type { BuildVectorOptions } from "./build_vector_index.ts";
import type { EmbedderDoubleOptions } from "./embedder_double.ts";
import { readVectorManifest } from "./vector_manifest.ts";

Deno.test("every article is embedded once as a passage, and the manifest says of what", () =>
  inTempFolder(async (folder) => {
    const { manifest, asked, notes } = await build(folder);
    assert.equal(asked.length, 50);
    assert.deepEqual(asked[3], {
      text: "試験法 第四条\n第3号の届出は21日以内にしなければならない。\n書面3\n添付書類3",
      kind: "passage",
    });
    assert.deepEqual(notes, []);
    assert.deepEqual(await readVectorManifest(folder), manifest);
    const { corpus, grain, count, cut_passages, embedder, vectors } = manifest!;
    assert.deepEqual(corpus, { digest: "sha256:corpus", units: 50, rows: 150 });
    assert.deepEqual([grain, count, cut_passages, embedder.digest], [
      "unit",
      50,
      0,
      "sha256:double",
    ]);
    assert.deepEqual(namesIn(folder), [".build.lock", "manifest.json", vectors.file]);
    assert.equal((await Deno.stat(join(folder, vectors.file))).size, 32 + 50 * 132);
  }));

Deno.test("rows are embedded with their article's heading, and cut ones are counted", () =>
  inTempFolder(async (folder) => {
    const { manifest, asked } = await build(folder, { grain: "row" }, { maxTokens: 20 });
    assert.equal(asked.length, 150);
    assert.equal(asked[11]!.text, "試験法 第四条\n添付書類3");
    assert.deepEqual([manifest!.count, manifest!.cut_passages], [150, 50]);
  }));

Deno.test("the cost is told after the first batch, and refusing it keeps that batch", () =>
  inTempFolder(async (folder) => {
    let now = 0;
    const costs: BuildCost[] = [];
    const clock = { clock: () => now, onEmbed: () => void (now += 4000) };
    const first = await build(folder, {
      clock: clock.clock,
      onCost: (cost) => {
        costs.push(cost);
        return false;
      },
    }, clock);
    assert.equal(first.manifest, undefined);
    const [cost] = costs;
    assert.deepEqual({ ...cost, seconds: 0 }, {
      passages: 50,
      done: 8,
      seconds: 0,
      sizeBytes: 50 * 132,
      trial: { passages: 8, seconds: 4 },
    });
    // 4 s for 8 of about the same length: about 21 s for 42.
    assert.ok(cost!.seconds > 20 && cost!.seconds < 25, `${cost!.seconds}`);
    const progress: number[] = [];
    const second = await build(folder, {
      clock: clock.clock,
      onCost: (cost) => void costs.push(cost),
      onProgress: ({ done, total, secondsLeft }) => {
        progress.push(done);
        assert.equal(total, 50);
        assert.equal(secondsLeft > 0, done < 50);
      },
    }, clock);
    assert.equal(second.asked.length, 42);
    assert.deepEqual(costs.map(({ done }) => done), [8, 16]);
    assert.deepEqual(progress, [16, 24, 32, 40, 48, 50]);
    assert.match(second.notes[0]!, /Going on with .*: 8 of 50 are embedded/);
  }));

Deno.test("a build that failed goes on where it was and ends with the same bytes", () =>
  inTempFolder(async (folder) => {
    const whole = await build(join(folder, "whole"));
    const cut = join(folder, "cut");
    const texts: string[] = [];
    for (const batch of [1, 2, 1, 3]) {
      await assert.rejects(build(cut, {}, failAt(batch)), /the model failed/);
    }
    const last = await build(cut);
    texts.push(...last.asked.map(({ text }) => text));
    // One batch of the second try and two of the fourth are not embedded again.
    assert.equal(texts.length, 50 - 3 * 8);
    assert.deepEqual(last.manifest!.vectors, whole.manifest!.vectors);
  }));

Deno.test("another model, corpus or grain starts anew and leaves the old index alone", () =>
  inTempFolder(async (folder) => {
    const { manifest } = await build(folder);
    const changes: [Partial<BuildVectorOptions>, EmbedderDoubleOptions][] = [
      [{}, { digest: "sha256:other" }],
      [{}, { passagePrefix: "文書: " }],
      [{}, { maxTokens: 500 }],
      [{ corpusDigest: "sha256:newer" }, {}],
      [{ grain: "row" }, {}],
    ];
    for (const [options, double] of changes) {
      await assert.rejects(build(folder, options, { ...double, ...failAt(3) }), /model failed/);
      assert.deepEqual(await readVectorManifest(folder), manifest);
      await Deno.stat(join(folder, manifest!.vectors.file));
    }
    // Of the last one two batches of eight were kept.
    const { asked, manifest: newer } = await build(folder, { grain: "row" });
    assert.equal(asked.length, 150 - 16);
    assert.deepEqual(namesIn(folder), [".build.lock", "manifest.json", newer!.vectors.file]);
  }));

Deno.test("an index that is up to date is left alone, a damaged one is made again", () =>
  inTempFolder(async (folder) => {
    const { manifest } = await build(folder);
    const again = await build(folder, {}, { model: "another name", queryPrefix: "query: " });
    assert.deepEqual([again.asked.length, again.manifest], [0, manifest]);
    assert.match(again.notes[0]!, /is up to date/);
    const path = join(folder, manifest!.vectors.file);
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.with(100, bytes[100]! ^ 1));
    const repaired = await build(folder);
    assert.equal(repaired.asked.length, 50);
    assert.deepEqual(await Deno.readFile(path), bytes);
    await Deno.writeTextFile(join(folder, "manifest.json"), "{");
    assert.equal((await build(folder)).asked.length, 50);
  }));

Deno.test("a graph is added to an index without embedding anything, and made again when damaged", () =>
  inTempFolder(async (folder) => {
    const { manifest: plain } = await build(folder);
    const { manifest, asked } = await build(folder, { withGraph: true });
    assert.equal(asked.length, 0);
    assert.deepEqual(manifest!.vectors, plain!.vectors);
    const { file, size_bytes } = manifest!.neighbours!;
    const names = [".build.lock", "manifest.json", file, manifest!.vectors.file];
    assert.deepEqual(namesIn(folder), names.sort());
    await Deno.truncate(join(folder, file), 10);
    const repaired = await build(folder);
    assert.equal(repaired.asked.length, 0);
    // The library connects in another order each time, so that sizes differ a little.
    const again = repaired.manifest!.neighbours!;
    assert.equal((await Deno.stat(join(folder, again.file))).size, again.size_bytes);
    assert.ok(Math.abs(again.size_bytes - size_bytes) < 0.1 * size_bytes);
    assert.match(repaired.notes[0]!, /Connecting 50 vectors/);
  }));

Deno.test("a folder with something else in it is refused and left as it is", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, ".hidden"), "");
    await Deno.writeTextFile(join(folder, "manifest.json"), "{}");
    await Deno.writeTextFile(join(folder, "lance.txt"), "");
    const names = namesIn(folder);
    await assert.rejects(build(folder), {
      name: "UsageError",
      message: /holds files that are not of a vector index \(lance\.txt\)\. Name a new folder/,
    });
    assert.deepEqual(namesIn(folder), names);
    await Deno.remove(join(folder, "lance.txt"));
    assert.equal((await build(folder)).asked.length, 50);
    await assert.rejects(build(join(folder, "manifest.json")), {
      name: "CannotContinueError",
      message: /^Can't write /,
    });
  }));

Deno.test("two builds of one folder, a signal and a full disk end with a message", () =>
  inTempFolder(async (folder) => {
    const lock = await tryLockFile(join(folder, ".build.lock"), true);
    await assert.rejects(build(folder), /Another process is building the vector index/);
    lock!.release();
    await assert.rejects(build(folder, { signal: AbortSignal.abort() }), { name: "AbortError" });
    const huge = { ...store, unitCount: 2 ** 50 };
    await assert.rejects(
      build(folder, { store: huge as typeof store }),
      (error) =>
        error instanceof CannotContinueError && /The vectors take \d+ MB, and/.test(error.message),
    );
  }));

Deno.test("a deleted article has a place but no vector", () =>
  inTempFolder(async (folder) => {
    const deleted = {
      ...store,
      unitCount: 3,
      rowCount: 9,
      unit: (unit: number) => ({ ...store.unit(unit), isDeleted: unit === 1 }),
      rowsOf: store.rowsOf.bind(store),
    };
    const { asked, manifest } = await build(folder, { store: deleted as unknown as typeof store });
    assert.deepEqual([asked.length, manifest!.count], [2, 3]);
    const bytes = await Deno.readFile(join(folder, manifest!.vectors.file));
    assert.ok(bytes.subarray(32 + 132, 32 + 264).every((byte) => byte === 0));
  }));
