import type { ComparedRun } from "../../compare/compared_run.ts";
import { fromResultFile } from "../../compare/from_result_file.ts";
import { readRun } from "../../compare/read_run.ts";
import { type ResultFile, resultFileSchema } from "../../eval/result_schema.ts";

/** A result file for a report: what comparisons need, and all that houqa wrote. */
export interface ReportRun {
  readonly run: ComparedRun;
  /** Absent for the older evaluator's files. Its results stand in the order of `run.questions`. */
  readonly file?: ResultFile;
}

/**
 * Reads a result file of houqa or of the older Python evaluator.
 * @throws {UsageError} when it is missing, unreadable, or neither.
 */
export async function readReportRun(path: string): Promise<ReportRun> {
  const checked = resultFileSchema.safeParse(await parseIfPossible(path));
  if (checked.success) return { run: fromResultFile(checked.data, path), file: checked.data };
  // An older file, or one whose fault that reader tells.
  return { run: await readRun(path) };
}

async function parseIfPossible(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch {
    return undefined;
  }
}
