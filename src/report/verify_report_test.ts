import assert from "node:assert/strict";
import type { IndexManifest } from "../rag/index/index_manifest.ts";
import type { VectorManifest } from "../rag/vector/vector_manifest.ts";
import { renderVerification, type Verification, verificationJson } from "./verify_report.ts";

const VERIFIED: Verification = {
  folder: "data/laws",
  manifest: {
    houqa_version: "0.1.0",
    created_at: "2026-01-02T03:04:05.000Z",
    corpus: { sha256: "ab12", source: "all.zip", laws: 2, units: 30, rows: 4000 },
    terms: { indexed: 500, left_out: 0, most_rows: 1000 },
  } as IndexManifest,
  files: [{ path: "data/laws/index-1/corpus.sqlite", sizeBytes: 1_000_000, sha256: "cd" }],
  seconds: 1.26,
};

const VECTORS: NonNullable<Verification["vectors"]> = {
  folder: "data/laws_vectors",
  manifest: {
    created_at: "2026-01-03T03:04:05.000Z",
    count: 30,
    grain: "unit",
    embedder: { model: "m", dimensions: 256 },
  } as unknown as VectorManifest,
  files: [{ path: "data/laws_vectors/vectors-1.bin", sizeBytes: 234, sha256: "ef" }],
};

Deno.test("everything that was read is told, with bytes, digests and counts", () => {
  assert.deepEqual(renderVerification({ ...VERIFIED, vectors: VECTORS }).split("\n"), [
    "index   data/laws: built 2026-01-02T03:04:05.000Z by houqa 0.1.0 from all.zip",
    "          corpus.sqlite  1,000,000 bytes  sha256 cd",
    "corpus  2 laws, 30 units, 4,000 rows, 500 terms, corpus sha256 ab12",
    "vectors data/laws_vectors: 30 of 256 dimensions, one a unit, by m; of this corpus",
    "          vectors-1.bin  234 bytes  sha256 ef",
    "sound   2 files, 1,000,234 bytes: as they were written (1.3 s)",
  ]);
  const { vectors } = verificationJson({ ...VERIFIED, vectors: VECTORS });
  assert.deepEqual([vectors!.count, vectors!.files[0]!.sha256], [30, "ef"]);
});

Deno.test("vectors that are not there or not finished are not called sound", () => {
  assert.doesNotMatch(renderVerification(VERIFIED), /vectors/);
  assert.equal(verificationJson(VERIFIED).vectors, null);
  const unfinished = { ...VERIFIED, vectors: { folder: "v", files: [] } };
  assert.match(renderVerification(unfinished), /^vectors v: none that are finished/m);
  assert.match(renderVerification(unfinished), /^sound {3}1 file, 1,000,000 bytes/m);
  const { vectors } = verificationJson(unfinished);
  assert.deepEqual([vectors?.finished, vectors?.count], [false, null]);
});
