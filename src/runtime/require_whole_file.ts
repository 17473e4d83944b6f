import { DamagedRuntimeError } from "./damaged_runtime_error.ts";

/**
 * Looks at a file before it is loaded: the system ends a process without a word when it comes to a part
 * of a library that is missing.
 * @param bytes its size when it was packed; undefined: it only has to be there.
 * @throws {DamagedRuntimeError} when it is not there, or has another size.
 */
export function requireWholeFile(path: string, bytes: number | undefined): void {
  let size: number;
  try {
    ({ size } = Deno.statSync(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new DamagedRuntimeError(
      `${path} is missing: the folder runtime belongs beside the program, copy both.`,
    );
  }
  if (bytes === undefined || size === bytes) return;
  throw new DamagedRuntimeError(
    `${path} has ${size} bytes, not ${bytes}: copy the folder runtime again; ` +
      "`sha256sum -c SHA256SUMS` tells whether all of it is there.",
  );
}
