import { join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import { type FolderKind, refuseForeignFolder } from "../vector/refuse_foreign_folder.ts";
import { INDEX_FORMAT, MANIFEST_NAME } from "./index_manifest.ts";

const ADVICE = "Name a new folder with --out.";

const INDEX_FOLDER: FolderKind = {
  what: "an index of laws",
  own: /^(manifest\.json(\.tmp)?|index-[0-9a-f]{8})$/,
  advice: ADVICE,
};

/**
 * Refuses to build an index where somebody else's files are. A folder that is an index of any
 * version, is empty, or holds what a build that was cut off leaves, will do; beside an index anything
 * may lie.
 * @throws {UsageError} naming what is there.
 */
export async function refuseForeignIndexFolder(folder: string): Promise<void> {
  const manifest = await readJson(join(folder, MANIFEST_NAME));
  // Broken JSON may be a damaged index's: there the other names decide.
  if (manifest === undefined) return await refuseForeignFolder(folder, INDEX_FOLDER);
  if ((manifest as { format?: unknown } | null)?.format === INDEX_FORMAT) return;
  throw new UsageError(
    `${folder} holds a ${MANIFEST_NAME} that is not of an index of laws. ${ADVICE}`,
  );
}

/** What a file holds; undefined where it can't be read or is no JSON. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}
