import { UsageError } from "../../settings/usage_error.ts";

/** What a build writes into its folder, and what to say where there is something else. */
export interface FolderKind {
  /** As in "files that are not of …". */
  readonly what: string;
  /** Names in the folder; hidden files count for nothing. */
  readonly own: RegExp;
  /** How another folder is named. */
  readonly advice: string;
}

const VECTOR_FOLDER: FolderKind = {
  what: "a vector index",
  own: /^(manifest\.json|building|(vectors|neighbours)-[0-9a-f]{12}\.bin|.*\.tmp)$/,
  advice: "Name a new folder with --vector-store or VECTOR_STORE_PATH.",
};

/**
 * A build replaces `manifest.json` and clears up after older ones: nothing of anybody else may be in
 * its folder. Hidden files count for nothing.
 * @param kind what the folder is for; vectors unless it is said.
 * @throws {UsageError} naming what is there.
 */
export async function refuseForeignFolder(
  folder: string,
  { what, own, advice }: FolderKind = VECTOR_FOLDER,
): Promise<void> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    // What is wrong with it is told when it is written.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return;
  }
  const foreign = names.filter((name) => !name.startsWith(".") && !own.test(name)).sort();
  if (foreign.length === 0) return;
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : "";
  throw new UsageError(
    `${folder} holds files that are not of ${what} (${foreign[0]}${more}). ${advice}`,
  );
}
