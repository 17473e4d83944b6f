import { join } from "node:path";
import { readReportRun, type ReportRun } from "./html/report_run.ts";
import { UsageError } from "../settings/usage_error.ts";

/** A result file that was found. */
export interface FoundResult extends ReportRun {
  /** When the run ended, or else when the file was last written. */
  readonly finishedAt: Date;
}

/** What a folder holds. */
export interface FoundResults {
  /** Oldest first. */
  readonly results: readonly FoundResult[];
  /** Files that say they are results, and folders, that can't be read, with the reason. */
  readonly unreadable: readonly string[];
}

const NO_RIGHT = "This user has no right to read";

/** Folders whose JSON files are no results. */
const OTHER_FOLDERS = new Set(["demo_cache", "finetune", "node_modules"]);

/**
 * Finds every result file in a folder and those in it; other JSON files are passed over.
 * @throws {UsageError} where the folder itself can't be read.
 */
export async function findResults(folder: string): Promise<FoundResults> {
  const results: FoundResult[] = [];
  const unreadable: string[] = [];
  const paths = await jsonFiles(folder, (closed) => {
    if (closed === folder) throw new UsageError(`${NO_RIGHT} ${folder} (permission denied).`);
    unreadable.push(`${NO_RIGHT} ${closed} (permission denied).`);
  });
  for (const path of paths) {
    if (!await looksLikeResult(path)) continue;
    try {
      const found = await readReportRun(path);
      const finished = found.file?.provenance.finished_at;
      const { mtime } = await Deno.stat(path);
      results.push({
        ...found,
        finishedAt: finished === undefined ? mtime ?? new Date(0) : new Date(finished),
      });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      unreadable.push(error.message);
    }
  }
  return {
    results: results.toSorted((x, y) => x.finishedAt.getTime() - y.finishedAt.getTime()),
    unreadable,
  };
}

/** @param onClosed is told of a folder that this user may not look into. */
async function jsonFiles(folder: string, onClosed: (folder: string) => void): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory && !OTHER_FOLDERS.has(name)) paths.push(...await jsonFiles(path, onClosed));
      else if (isFile && name.endsWith(".json")) paths.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    onClosed(folder);
  }
  return paths.toSorted();
}

/**
 * Other JSON files lie there too, e.g. of training; only those with results are worth a warning, and
 * one that this user may not read, of which nobody knows.
 */
async function looksLikeResult(path: string): Promise<boolean> {
  try {
    return /"results"\s*:\s*\[/.test(await Deno.readTextFile(path));
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied;
  }
}
