import { UsageError } from "./usage_error.ts";

/**
 * A file's text; undefined where there is no such file.
 * @throws {UsageError} when it can't be read.
 */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // Something else stands where its folder should be.
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
}
