import { basename } from "node:path";
import type { IndexManifest } from "../rag/index/index_manifest.ts";
import type { VectorManifest } from "../rag/vector/vector_manifest.ts";

/** A file whose bytes are as they were written. */
export interface VerifiedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256, 64 hex digits. */
  readonly sha256: string;
}

/** What was verified of an index, all of it sound. */
export interface Verification {
  readonly folder: string;
  readonly manifest: IndexManifest;
  readonly files: readonly VerifiedFile[];
  /** Vectors beside it; absent where there is no such folder. */
  readonly vectors?: {
    readonly folder: string;
    /** Absent: the folder holds no finished vectors. */
    readonly manifest?: VectorManifest;
    readonly files: readonly VerifiedFile[];
  };
  readonly seconds: number;
}

/** What was checked, for people. */
export function renderVerification(verification: Verification): string {
  const { folder, manifest, files, vectors, seconds } = verification;
  const { corpus, terms, houqa_version, created_at } = manifest;
  const all = [...files, ...vectors?.files ?? []];
  const bytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    `index   ${folder}: built ${created_at} by houqa ${houqa_version}` +
    `${corpus.source === undefined ? "" : ` from ${corpus.source}`}` +
    `${corpus.as_of === undefined ? "" : ` as of ${corpus.as_of}`}`,
    ...files.map(fileLine),
    `corpus  ${count(corpus.laws)} laws, ${count(corpus.units)} units, ${
      count(corpus.rows)
    } rows, ` +
    `${count(terms.indexed)} terms, corpus sha256 ${corpus.sha256}`,
    ...vectors === undefined ? [] : vectorLines(vectors),
    `sound   ${all.length === 1 ? "1 file" : `${count(all.length)} files`}, ${
      count(bytes)
    } bytes: as they ` +
    `were written (${seconds.toFixed(1)} s)`,
  ].join("\n");
}

/** The same for programs. */
export function verificationJson({ folder, manifest, files, vectors, seconds }: Verification) {
  const { corpus, houqa_version, created_at } = manifest;
  const { source, as_of, ...counts } = corpus;
  return {
    index: {
      folder,
      created_at,
      houqa_version,
      source: source ?? null,
      as_of: as_of ?? null,
      corpus: counts,
      files: files.map(fileJson),
    },
    vectors: vectors === undefined ? null : {
      folder: vectors.folder,
      finished: vectors.manifest !== undefined,
      created_at: vectors.manifest?.created_at ?? null,
      model: vectors.manifest?.embedder.model ?? null,
      dimensions: vectors.manifest?.embedder.dimensions ?? null,
      count: vectors.manifest?.count ?? null,
      grain: vectors.manifest?.grain ?? null,
      files: vectors.files.map(fileJson),
    },
    seconds,
  };
}

function vectorLines({ folder, manifest, files }: NonNullable<Verification["vectors"]>): string[] {
  if (manifest === undefined) {
    return [`vectors ${folder}: none that are finished, so there is nothing to check`];
  }
  const { count: vectors, grain, embedder } = manifest;
  return [
    `vectors ${folder}: ${
      count(vectors)
    } of ${embedder.dimensions} dimensions, one a ${grain}, by ` +
    `${embedder.model}; of this corpus`,
    ...files.map(fileLine),
  ];
}

function fileLine({ path, sizeBytes, sha256 }: VerifiedFile): string {
  return `          ${basename(path)}  ${count(sizeBytes)} bytes  sha256 ${sha256}`;
}

function fileJson({ path, sizeBytes, sha256 }: VerifiedFile) {
  return { path, size_bytes: sizeBytes, sha256 };
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
