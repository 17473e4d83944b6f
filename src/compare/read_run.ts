import { readResult } from "../eval/read_result.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { ComparedRun } from "./compared_run.ts";
import { fromOlderResult } from "./from_older_result.ts";
import { fromResultFile } from "./from_result_file.ts";

/**
 * Reads a result file of houqa or of the older Python evaluator.
 * @throws {UsageError} when it is missing, unreadable, or neither.
 */
export async function readRun(path: string): Promise<ComparedRun> {
  const value = await readJson(path);
  const isOlder = typeof value === "object" && value !== null && "results" in value &&
    !("schema_version" in value);
  if (isOlder) return fromOlderResult(value, path);
  const file = await readResult(path);
  if (file === undefined) throw new UsageError(`The result file ${path} does not exist.`);
  return fromResultFile(file, path);
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(
        `The result file ${path} does not exist. Results are in results/evaluations/ unless ` +
          "--output named another place.",
      );
    }
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const advice = path.endsWith(".journal.jsonl")
      ? " It is the journal of an unfinished run: finish the run first."
      : "";
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}.${advice}`);
  }
}
