import { UsageError } from "../../settings/usage_error.ts";

/** What builds write into an index's folder. */
const OWN = /^(manifest\.json|building|(vectors|neighbours)-[0-9a-f]{12}\.bin|.*\.tmp)$/;

/**
 * A build replaces `manifest.json` and clears up after older ones: nothing of anybody else may be in
 * its folder. Hidden files count for nothing.
 * @throws {UsageError} naming what is there.
 */
export async function refuseForeignFolder(folder: string): Promise<void> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    // What is wrong with it is told when it is written.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return;
  }
  const foreign = names.filter((name) => !name.startsWith(".") && !OWN.test(name)).sort();
  if (foreign.length === 0) return;
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : "";
  throw new UsageError(
    `${folder} holds files that are not of a vector index (${
      foreign[0]
    }${more}). Name a new folder ` +
      "with --vector-store or VECTOR_STORE_PATH.",
  );
}
