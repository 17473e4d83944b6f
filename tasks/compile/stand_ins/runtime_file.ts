import { dirname, join } from "node:path";
import { CannotContinueError } from "../../../src/settings/cannot_continue_error.ts";

/**
 * Path of one of the runtime's files, in the folder beside the program.
 * @throws {CannotContinueError} when it is not there.
 */
export function runtimeFile(name: string): string {
  const path = join(dirname(Deno.execPath()), "runtime", name);
  try {
    Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CannotContinueError(
      `${path} is missing: the folder runtime belongs beside the program, copy both.`,
    );
  }
  return path;
}
