import { Buffer } from "node:buffer";
import { UsageError } from "../../src/settings/usage_error.ts";
import type { DenoProgram } from "./deno_program.ts";

/**
 * Refuses a base for compiled programs that was made from another version of Deno than the one that
 * compiles: the layout of what is appended changes between versions. A `denort` holds its version in
 * the name that it gives itself in requests.
 * @throws {UsageError} when it is another's, or can't be read.
 */
export async function requireDenort(path: string, deno: DenoProgram): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
  const program = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (program.includes(`Deno/${deno.version}`)) return;
  throw new UsageError(
    `${path} is no denort of Deno ${deno.version}, which is to compile with it (${deno.path}). ` +
      "Give the Deno of the same version with --deno, or its denort with --denort.",
  );
}
