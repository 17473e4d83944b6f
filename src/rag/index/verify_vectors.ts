import { join } from "node:path";
import { hashFile } from "../../device/hash_file.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { modelOf } from "../vector/stored_model.ts";
import { readVectorManifest, type VectorManifest } from "../vector/vector_manifest.ts";
import type { IndexManifest } from "./index_manifest.ts";

/** What is verified, and how. */
export interface VerifyVectorsOptions {
  /** Folder of vectors. */
  readonly folder: string;
  /** What they must have been made of. */
  readonly corpus: IndexManifest["corpus"];
  /** The command that makes them again. */
  readonly rebuildCommand: (model?: string) => string;
  /** Called before each file is read. */
  readonly onFile?: (path: string, sizeBytes: number) => void;
}

/**
 * Reads every byte of a folder of vectors and compares it with the digests in its manifest, and the
 * corpus that it names with the one that is there.
 * @returns undefined where the folder has no manifest: its build has not ended.
 * @throws {UsageError} for vectors of another corpus, and naming the first file that is damaged; with
 * the command that makes them again.
 */
export async function verifyVectors(
  options: VerifyVectorsOptions,
): Promise<VectorManifest | undefined> {
  const { folder, corpus, rebuildCommand } = options;
  let model: string | undefined;
  const refuse = (what: string) =>
    new UsageError(
      `The vector index ${folder} ${what}. Make it again with \`${rebuildCommand(model)}\`.`,
    );
  for (;;) {
    const manifest = await readOrRefuse(folder, refuse);
    if (manifest === undefined) return undefined;
    model = modelOf(manifest);
    const { digest, units, rows } = manifest.corpus;
    if (digest !== corpus.sha256 || units !== corpus.units || rows !== corpus.rows) {
      throw refuse(
        `was made of another corpus (sha256 ${
          digest.slice(0, 16)
        }…, ${units} units, ${rows} rows; ` +
          `the index has ${corpus.sha256.slice(0, 16)}…, ${corpus.units} and ${corpus.rows})`,
      );
    }
    const damage = await findDamage(manifest, options);
    if (damage === undefined) return manifest;
    // A build may have put other vectors in their place meanwhile.
    const now = await readOrRefuse(folder, refuse);
    if (now?.created_at === manifest.created_at) throw refuse(`is damaged: ${damage}`);
  }
}

/** The files that a manifest names. */
export function vectorFilesOf(
  { vectors, neighbours }: VectorManifest,
): VectorManifest["vectors"][] {
  return neighbours === undefined ? [vectors] : [vectors, neighbours];
}

async function readOrRefuse(
  folder: string,
  refuse: (what: string) => UsageError,
): Promise<VectorManifest | undefined> {
  try {
    return await readVectorManifest(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw refuse(`is damaged: ${(error as Error).message}`);
  }
}

/** What is wrong with the first file that is not as it was written. */
async function findDamage(
  manifest: VectorManifest,
  { folder, onFile }: VerifyVectorsOptions,
): Promise<string | undefined> {
  for (const { file, size_bytes, sha256 } of vectorFilesOf(manifest)) {
    const path = join(folder, file);
    try {
      const { size } = await Deno.stat(path);
      if (size !== size_bytes) return `${path} has ${size} bytes and should have ${size_bytes}`;
      onFile?.(path, size_bytes);
      const found = await hashFile(path);
      if (found === sha256) continue;
      return `${path} has the SHA-256 ${found.slice(0, 16)}… and should have ${
        sha256.slice(0, 16)
      }…`;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      return `${path} can't be read (${(error as Error).message})`;
    }
  }
}
