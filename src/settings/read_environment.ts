import { parseEnv } from "node:util";
import { UsageError } from "./usage_error.ts";

/**
 * One environment variable; undefined when it is not set.
 * @throws {UsageError} when the process may not read it, with the flag that allows it.
 */
export function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(`May not read the variable ${name}: run with --allow-env=${name}.`);
    }
    throw error;
  }
}

/**
 * Variables of a `.env` file; none when there is no such file.
 * @throws {UsageError} when the file is there and can't be read.
 */
export function readDotenv(path = ".env"): Record<string, string | undefined> {
  try {
    // Some editors put a byte order mark in front, which would become part of the first name.
    return parseEnv(Deno.readTextFileSync(path).replace(/^\uFEFF/, ""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(`May not read ${path}: run with --allow-read=${path}.`);
    }
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
}

/** True where `HOUQA_DEBUG=1` asks for stack traces. */
export function isDebugging(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "HOUQA_DEBUG" });
  return state === "granted" && readVariable("HOUQA_DEBUG") === "1";
}
