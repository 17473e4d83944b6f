import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import { build } from "../vector/build_double.ts";
import { buildIndex } from "./build_index.ts";
import { lawDouble, withIndexFolder } from "./index_double.ts";
import type { IndexManifest } from "./index_manifest.ts";
import { vectorFilesOf, verifyVectors } from "./verify_vectors.ts";
import { openIndex } from "./open_index.ts";

interface Vectors {
  readonly folder: string;
  readonly corpus: IndexManifest["corpus"];
}

/** Runs a test with vectors of an index. */
async function withVectors(run: (vectors: Vectors) => Promise<void>): Promise<void> {
  await withIndexFolder(async (path) => {
    const texts = Array.from({ length: 40 }, (_, at) => [`第${at}号の届出をする。`]);
    const { manifest: { corpus } } = await buildIndex([lawDouble("甲法", texts)], path);
    const index = await openIndex(path);
    const folder = `${path}_vectors`;
    try {
      await build(folder, { store: index.corpus, corpusDigest: corpus.sha256 });
    } finally {
      index.close();
    }
    await run({ folder, corpus });
  });
}

const rebuildCommand = (model?: string) => `houqa laws embed --embedding-model ${model}`;

Deno.test("vectors that are as they were written are sound", () =>
  withVectors(async ({ folder, corpus }) => {
    const seen: [string, number][] = [];
    const manifest = await verifyVectors({
      folder,
      corpus,
      rebuildCommand,
      onFile: (path, sizeBytes) => seen.push([path, sizeBytes]),
    });
    assert.equal(manifest!.count, 40);
    assert.deepEqual(
      seen,
      vectorFilesOf(manifest!).map(({ file, size_bytes }) => [join(folder, file), size_bytes]),
    );
    assert.equal((await Deno.stat(seen[0]![0])).size, seen[0]![1]);
  }));

Deno.test("vectors that are foreign, damaged or not finished are told apart", () =>
  withVectors(async ({ folder, corpus }) => {
    const verify = (of = corpus) => verifyVectors({ folder, corpus: of, rebuildCommand });
    const refused = async (reason: RegExp, of = corpus) =>
      await assert.rejects(verify(of), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, reason);
        assert.match(
          error.message,
          /Make it again with `houqa laws embed --embedding-model \S+`\.$/,
        );
        return true;
      });
    for (const change of [{ sha256: "0".repeat(64) }, { units: 41 }, { rows: 41 }]) {
      await refused(/was made of another corpus \(sha256 /, { ...corpus, ...change });
    }
    const { vectors } = (await verify())!;
    const path = join(folder, vectors.file);
    const sound = await Deno.readFile(path);
    const changed = sound.slice();
    changed[changed.length - 1]! ^= 1;
    await Deno.writeFile(path, changed);
    await refused(/is damaged: .* has the SHA-256 [0-9a-f]{16}… and should have/);
    await Deno.writeFile(path, sound.subarray(1));
    await refused(new RegExp(`has ${sound.length - 1} bytes and should have ${sound.length}`));
    await Deno.remove(path);
    await refused(/can't be read/);
    await Deno.writeFile(path, sound);
    assert.ok(await verify());
    await Deno.writeTextFile(join(folder, "manifest.json"), "{");
    await refused(/is damaged: .*JSON/);
    await Deno.writeTextFile(join(folder, "manifest.json"), '{"schema": 9}');
    await refused(/is damaged: manifest\.json/);
    await Deno.remove(join(folder, "manifest.json"));
    assert.equal(await verify(), undefined);
  }));
