import { UsageError } from "../../src/settings/usage_error.ts";
import { runProgram } from "./run_program.ts";

/** A Deno that is installed. */
export interface DenoProgram {
  readonly path: string;
  /** E.g. `2.9.6`. */
  readonly version: string;
  /** E.g. `x86_64-unknown-linux-gnu`. */
  readonly target: string;
}

/**
 * Asks a Deno for its version.
 * @throws {UsageError} when it can't be run, or is no Deno.
 */
export async function readDenoProgram(path: string): Promise<DenoProgram> {
  let text: string;
  try {
    text = await runProgram(path, ["--version"]);
  } catch (error) {
    throw new UsageError(`${path} can't be run: ${(error as Error).message}`);
  }
  const [, version, target] = /^deno (\d+\.\d+\.\d+)\S* .*?([\w]+-[\w-]+)\)/.exec(text) ?? [];
  if (version === undefined || target === undefined) {
    throw new UsageError(`${path} is no Deno: it says ${JSON.stringify(text.split("\n")[0])}.`);
  }
  return { path, version, target };
}

/** Whether a version is that one or newer. */
export function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}
