import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { makeLaws } from "../../../tasks/bench/law_grammar.ts";
import { type Random, seededRandom } from "../../../tasks/demo/random.ts";
import { isolateBytes } from "../../device/isolate_memory_double.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { createBm25Search } from "../search/bm25_search.ts";
import { buildIndex } from "./build_index.ts";
import { readParts, withIndexFolder } from "./index_double.ts";
import {
  INDEX_FILES,
  type IndexFile,
  indexFilePath,
  MANIFEST_NAME,
  readManifest,
} from "./index_manifest.ts";
import { openIndex } from "./open_index.ts";

const MUTATIONS = 10_000;
/** Longest time for one; one takes about a millisecond. */
const CASE_MS = 3000;
/** How much the process may grow while all of them run. */
const GROWTH_BYTES = 300 << 20;

/** Changes bytes here and there, in stretches, and now and then the length. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const kind = random.below(10);
  if (kind === 0) return bytes.slice(0, random.below(bytes.length));
  if (kind === 1) return Uint8Array.of(...bytes, ...randomBytes(random, 1 + random.below(40)));
  const mutated = bytes.slice();
  if (kind < 4) {
    const length = 1 + random.below(Math.min(64, bytes.length));
    mutated.set(randomBytes(random, length), random.below(bytes.length - length + 1));
  } else {
    // Most of all in the first bytes, where headers are.
    const range = random.next() < 0.3 ? Math.min(256, bytes.length) : bytes.length;
    for (let changes = 1 + random.below(3); changes > 0; changes--) {
      const at = random.below(range);
      mutated[at] = random.next() < 0.5 ? mutated[at]! ^ 1 << random.below(8) : random.below(256);
    }
  }
  return mutated;
}

const randomBytes = (random: Random, count: number) =>
  Uint8Array.from({ length: count }, () => random.below(256));

/** Opens an index and uses all of it; false when it is refused. */
async function use(folder: string, queries: readonly string[]): Promise<boolean> {
  try {
    const index = await openIndex(folder);
    const search = createBm25Search(index);
    try {
      for (const query of queries) {
        for (const hit of await search.search(query, 3)) {
          assert.ok(Number.isFinite(hit.score) && hit.score > 0);
          const unit = index.corpus.unit(hit.unit);
          assert.ok(hit.bestRow >= unit.firstRow && hit.bestRow < unit.firstRow + unit.rowCount);
          assert.equal(index.corpus.rowsOf(hit.unit).length, unit.rowCount);
          assert.equal(typeof index.corpus.row(hit.bestRow).text, "string");
        }
      }
      for (const law of index.corpus.laws()) index.corpus.unitsOf(law.lawId, "1");
      return true;
    } finally {
      await search.close();
    }
  } catch (error) {
    assert.ok(error instanceof UsageError, String((error as Error).stack));
    assert.match(error.message, /houqa laws build --out/);
    assert.ok(error.message.length < 800, error.message);
    return false;
  }
}

Deno.test(`${MUTATIONS} damaged indexes give a result or a clear error`, async () => {
  await withIndexFolder(async (folder) => {
    const laws = [...makeLaws({ rows: 40, seed: 3 })];
    await buildIndex(laws, folder);
    const texts = laws.flatMap((law) => law.units.flatMap((unit) => unit.rows));
    const queries = [laws[0]!.title, texts[20]!.text.slice(0, 60)];
    const sound = await readParts(folder);
    const manifest = await readManifest(folder);
    const manifestPath = `${folder}/${MANIFEST_NAME}`;
    const manifestText = await Deno.readTextFile(manifestPath);
    assert.ok(await use(folder, queries));

    const random = seededRandom(8);
    const outcome = { used: 0, refused: 0 };
    const before = isolateBytes();
    for (let i = 0; i < MUTATIONS; i++) {
      const name = random.pick<IndexFile | typeof MANIFEST_NAME>([...INDEX_FILES, MANIFEST_NAME]);
      let path = manifestPath;
      if (name === MANIFEST_NAME) {
        Deno.writeFileSync(path, mutate(new TextEncoder().encode(manifestText), random));
      } else {
        path = indexFilePath(folder, manifest, name);
        const mutated = mutate(sound[name], random);
        Deno.writeFileSync(path, mutated);
        // Else every change of length, and any of documents.bin, would be noticed at once.
        const files = { ...manifest.files };
        const sha256 = createHash("sha256").update(mutated).digest("hex");
        files[name] = { size_bytes: mutated.length, sha256 };
        Deno.writeTextFileSync(manifestPath, JSON.stringify({ ...manifest, files }));
      }
      const started = performance.now();
      if (await use(folder, queries)) outcome.used++;
      else outcome.refused++;
      const tookMs = performance.now() - started;
      assert.ok(tookMs < CASE_MS, `case ${i} took ${tookMs} ms`);
      if (name !== MANIFEST_NAME) Deno.writeFileSync(path, sound[name]);
      Deno.writeTextFileSync(manifestPath, manifestText);
    }
    const growth = isolateBytes() - before;
    assert.ok(growth < GROWTH_BYTES, `the isolate grew by ${growth} bytes`);
    assert.ok(outcome.used > MUTATIONS / 100, `${outcome.used} used`);
    assert.ok(outcome.refused > MUTATIONS / 10, `${outcome.refused} refused`);
    assert.ok(await use(folder, queries));
  });
});
