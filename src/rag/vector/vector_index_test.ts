import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../../tasks/demo/random.ts";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import { buildVectorIndex } from "./build_vector_index.ts";
import { embedderDouble, type EmbedderDoubleOptions } from "./embedder_double.ts";
import { VectorIndex, type VectorIndexOptions } from "./vector_index.ts";

const ARTICLES = 300;
const store = corpusStoreDouble([{
  title: "試験法",
  articles: Object.fromEntries(
    Array.from({ length: ARTICLES }, (_, at) => [
      String(at + 1),
      `${at % 17}月の届出は第${at}号様式で${at * 13 % 101}日以内に${at % 5}部提出する。`,
    ]),
  ),
}]);
const corpus = { digest: "sha256:corpus", units: ARTICLES, rows: ARTICLES };

function build(folder: string, withGraph = false) {
  return buildVectorIndex({
    store,
    corpusDigest: corpus.digest,
    embedder: embedderDouble(),
    folder,
    withGraph,
  });
}

function open(
  folder: string,
  changes: Partial<VectorIndexOptions> = {},
  double: EmbedderDoubleOptions = {},
): Promise<VectorIndex> {
  return VectorIndex.open({
    folder,
    corpus,
    embedder: embedderDouble(double).identity,
    rebuildCommand: "houqa laws embed --again",
    ...changes,
  });
}

/** Refused as the user's matter, with the reason and the command that helps. */
async function refused(opening: Promise<VectorIndex>, pattern: RegExp): Promise<void> {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof UsageError, `${error}`);
    assert.match(error.message, pattern);
    assert.match(error.message, /houqa laws embed --again$/);
    return true;
  });
}

Deno.test("an index of another corpus or model is refused with the command that makes it again", () =>
  inTempFolder(async (folder) => {
    await refused(open(folder), /no vector index in .*\. Make it: houqa/);
    await build(folder);
    (await open(folder, {}, { model: "other name", queryPrefix: "query: " })).close();
    const digest = "sha256:newer";
    await refused(
      open(folder, { corpus: { ...corpus, digest } }),
      /made of another corpus \(300 articles, 300 rows; now 300 and 300\)\. Make it again/,
    );
    await refused(open(folder, { corpus: { ...corpus, rows: 301 } }), /now 300 and 301/);
    await refused(
      open(folder, {}, { model: "Org/New", digest: "sha256:n", maxTokens: 7 }),
      /with the embedding model double, and Org\/New is asked for: digest "sha256:double" and "sha256:n"; maxTokens 1000 and 7/,
    );
    const path = join(folder, "manifest.json");
    const manifest = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...manifest, passage_version: 99 }));
    await refused(open(folder), /another version of houqa/);
  }));

Deno.test("a damaged index is refused, whatever is damaged", () =>
  inTempFolder(async (folder) => {
    const { vectors } = (await build(folder))!;
    const path = join(folder, "manifest.json");
    const text = await Deno.readTextFile(path);
    for (const broken of ["", "{", "[]", text.replace('"count"', '"counts"')]) {
      await Deno.writeTextFile(path, broken);
      await refused(open(folder), /is damaged \(/);
    }
    // A manifest can't name a file elsewhere.
    await Deno.writeTextFile(path, text.replace(vectors.file, "../vectors.bin"));
    await refused(open(folder), /is damaged \(manifest\.json: vectors\.file/);
    await Deno.writeTextFile(path, text);
    const file = join(folder, vectors.file);
    const bytes = await Deno.readFile(file);
    await Deno.writeFile(file, bytes.with(5000, bytes[5000]! ^ 4));
    await refused(open(folder), /vectors-[0-9a-f]{12}\.bin is not as it was written/);
    await Deno.truncate(file, 5000);
    await refused(open(folder), /has 5000 bytes, not/);
    await Deno.remove(file);
    await refused(open(folder), /No such file|cannot find/);
  }));

Deno.test("with a graph the hits are the exact ones, with the same scores", () =>
  inTempFolder(async (folder) => {
    const { neighbours } = (await build(folder, true))!;
    const approximate = await open(folder);
    const exact = await open(folder, { allowApproximate: false });
    assert.ok(approximate.graph !== undefined && exact.graph === undefined);
    const embedder = embedderDouble();
    let found = 0;
    for (let at = 0; at < 40; at++) {
      const [query] = await embedder.embed([`${at % 17}月の届出は何部提出するか`], "query");
      const near = await approximate.search(query!, 10);
      const all = await exact.search(query!, 10);
      assert.equal(near.length, 10);
      const scores = new Map(all.map(({ vector, score }) => [vector, score]));
      for (const { vector, score } of near) {
        if (scores.has(vector)) assert.equal(score, scores.get(vector));
      }
      // Of equal scores either is right.
      found += near.filter(({ score }) => score >= all.at(-1)!.score).length;
    }
    assert.ok(found >= 0.98 * 400, `${found} of 400`);
    await assert.rejects(
      approximate.search(new Float32Array(128).fill(1), 1, AbortSignal.abort()),
      { name: "AbortError" },
    );
    approximate.close();
    exact.close();
    exact.close();
    // A graph that was touched is never handed to the native library.
    const path = join(folder, neighbours!.file);
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.with(200, bytes[200]! ^ 1));
    await refused(open(folder), /neighbours-[0-9a-f]{12}\.bin is not as it was written/);
    (await open(folder, { allowApproximate: false })).close();
  }));

Deno.test("whatever bytes of an index change, it is refused or finds the same", () =>
  inTempFolder(async (folder) => {
    const { vectors, neighbours } = (await build(folder, true))!;
    const random = seededRandom(3);
    const [query] = await embedderDouble().embed(["届出は何日以内か"], "query");
    const search = async () => {
      const index = await open(folder);
      const hits = await index.search(query!, 5);
      index.close();
      return hits;
    };
    const expected = await search();
    const counts = { refused: 0, same: 0 };
    for (let run = 0; run < 1000; run++) {
      const path = join(folder, random.pick(["manifest.json", vectors.file, neighbours!.file]));
      const bytes = await Deno.readFile(path);
      const at = random.below(bytes.length);
      await Deno.writeFile(
        path,
        random.pick([
          () => bytes.with(at, random.below(256)),
          () => bytes.slice(0, at),
          () =>
            new Uint8Array([
              ...bytes.subarray(0, at),
              48 + random.below(10),
              ...bytes.subarray(at),
            ]),
        ])(),
      );
      try {
        assert.deepEqual(await search(), expected);
        counts.same++;
      } catch (error) {
        assert.ok(error instanceof UsageError, `${error}`);
        assert.match(error.message, /houqa laws embed --again$/);
        counts.refused++;
      }
      await Deno.writeFile(path, bytes);
    }
    assert.ok(counts.refused > 900, JSON.stringify(counts));
    assert.deepEqual(await search(), expected);
  }));
