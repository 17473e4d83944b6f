import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../../tasks/demo/random.ts";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { PROGRAM_ARTICLES, PROGRAM_BATCH, programStore } from "./build_program_double.ts";
import { buildVectorIndex } from "./build_vector_index.ts";
import { embedderDouble } from "./embedder_double.ts";
import { VectorIndex } from "./vector_index.ts";
import { uncovered } from "../index/uncovered_double.ts";

const KILLS = 50;
const PROGRAM = join(import.meta.dirname!, "build_program_double.ts");

Deno.test(`killed ${KILLS} times, a build embeds nothing twice and the old index goes on working`, () =>
  inTempFolder(async (folder) => {
    const store = programStore();
    const corpus = { digest: "sha256:corpus", units: store.unitCount, rows: store.rowCount };
    const make = (digest: string, to: string) =>
      buildVectorIndex({
        store,
        corpusDigest: corpus.digest,
        embedder: embedderDouble({ digest }),
        folder: to,
      });
    const index = join(folder, "index");
    const old = await make("sha256:old", index);
    const expected = await make("sha256:new", join(folder, "whole"));
    const open = (digest: string) =>
      VectorIndex.open({
        folder: index,
        corpus,
        embedder: embedderDouble({ digest }).identity,
        rebuildCommand: "build",
      });

    const log = join(folder, "log");
    await Deno.writeTextFile(log, "");
    const batches = async () => (await Deno.readTextFile(log)).split("\n").slice(0, -1);
    const run = (milliseconds: number) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          PROGRAM,
          index,
          "sha256:new",
          log,
          String(milliseconds),
        ],
        ...uncovered(),
        stdout: "null",
        stderr: "piped",
      }).spawn();
    const { below: random } = seededRandom(5);
    for (let kill = 0; kill < KILLS; kill++) {
      const before = (await batches()).length;
      const child = run(4);
      const ended = child.output();
      // Mostly after one or two batches, now and then while it is starting.
      const wanted = before + (kill % 10 === 0 ? 0 : 1 + random(2));
      for (let waited = 0; (await batches()).length < wanted && waited < 2000; waited++) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await new Promise((resolve) => setTimeout(resolve, random(8)));
      child.kill("SIGKILL");
      assert.equal((await ended).signal, "SIGKILL");
      if (kill % 10 === 9) {
        const still = await open("sha256:old");
        assert.deepEqual(still.manifest, old);
        still.close();
      }
    }
    const { success, stderr } = await run(0).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const built = await open("sha256:new");
    assert.deepEqual(built.manifest.vectors, expected!.vectors);
    built.close();
    // Each kill can cost the one batch that it hit.
    const all = await batches();
    const distinct = new Set(all);
    assert.equal(distinct.size, PROGRAM_ARTICLES / PROGRAM_BATCH);
    assert.ok(all.length - distinct.size <= KILLS, `${all.length - distinct.size} done again`);
    assert.ok(all.length > distinct.size, "no kill hit a batch");
  }));
