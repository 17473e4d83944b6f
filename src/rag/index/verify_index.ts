import { hashFile } from "../../device/hash_file.ts";
import {
  INDEX_FILES,
  indexFilePath,
  type IndexManifest,
  readManifest,
  refusal,
} from "./index_manifest.ts";
import { originOf } from "./index_origin.ts";

/**
 * Reads every byte of an index and compares it with the digests in the manifest.
 * @param onFile called before each file is read; again for all of them where a build has put another
 * index in the place meanwhile.
 * @throws {UsageError} naming the first file that is damaged, with the command that builds it again.
 */
export async function verifyIndex(
  folder: string,
  onFile?: (path: string, sizeBytes: number) => void,
): Promise<IndexManifest> {
  for (;;) {
    const manifest = await readManifest(folder);
    const damage = await findDamage(folder, manifest, onFile);
    if (damage === undefined) return manifest;
    const { folder: parts } = await readManifest(folder);
    if (parts === manifest.folder) throw refusal(folder, "is damaged", damage, originOf(manifest));
  }
}

/** What is wrong with the first part that is not as it was written. */
async function findDamage(
  folder: string,
  manifest: IndexManifest,
  onFile: ((path: string, sizeBytes: number) => void) | undefined,
): Promise<string | undefined> {
  for (const name of INDEX_FILES) {
    const path = indexFilePath(folder, manifest, name);
    const expected = manifest.files[name];
    onFile?.(path, expected.size_bytes);
    let found: string;
    try {
      found = await hashFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      return `${path} can't be read (${(error as Error).message})`;
    }
    if (found !== expected.sha256) {
      return `${path} has the SHA-256 ${found.slice(0, 16)}… and should have ` +
        `${expected.sha256.slice(0, 16)}…`;
    }
  }
}
