import { parse } from "dotenv";
import { UsageError } from "./usage_error.ts";

/**
 * One environment variable; undefined when it is not set.
 * @throws {Deno.errors.NotCapable} when the process may not read it, with `--ignore-env` too: that is
 *   for variables of libraries, and a setting that is given and not seen would be a wrong result.
 */
export function readVariable(name: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") {
    throw new Deno.errors.NotCapable(
      `Requires env access to "${name}", run again with the --allow-env flag`,
    );
  }
  return Deno.env.get(name);
}

/**
 * Variables of a `.env` file; none when there is no such file.
 * @throws {UsageError} when the file is there and can't be read.
 * @throws {Deno.errors.NotCapable} when the process may not read it.
 */
export function readDotenv(path = ".env"): Record<string, string | undefined> {
  try {
    // Some editors put a byte order mark in front, which would become part of the first name.
    return parse(Deno.readTextFileSync(path).replace(/^\uFEFF/, ""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
}

/** True where `HOUQA_DEBUG=1` asks for stack traces. */
export function isDebugging(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "HOUQA_DEBUG" });
  return state === "granted" && readVariable("HOUQA_DEBUG") === "1";
}
