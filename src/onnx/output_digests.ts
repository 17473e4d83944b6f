import { createHash } from "node:crypto";
import { join } from "node:path";
import { hashFile } from "../hub/digest_files.ts";
import { readExportReport } from "./read_export_report.ts";

/** What goes on while files are hashed. */
export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Called after every piece, in bytes of all the files. */
  readonly onHash?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * SHA-256 (hex) of files of a folder, by their path in it, sorted.
 * @throws {DOMException} `AbortError` when the signal fired.
 */
export async function hashOutputs(
  folder: string,
  paths: readonly string[],
  { signal, onHash }: HashOptions = {},
): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  let totalBytes = 0;
  for (const path of paths) totalBytes += (await Deno.stat(join(folder, path))).size;
  let doneBytes = 0;
  const onBytes = (count: number) => onHash?.(doneBytes += count, totalBytes);
  for (const path of paths.toSorted()) {
    outputs[path] = await hashFile(join(folder, path), createHash("sha256"), { signal, onBytes });
  }
  return outputs;
}

/**
 * Holds the files of an export folder against the digests in its `export.json`.
 * @returns a sentence for each file that is not what was written; undefined where no digests were
 * recorded, as in exports of older versions.
 */
export async function findDamage(folder: string): Promise<string[] | undefined> {
  let outputs: Readonly<Record<string, string>> | undefined;
  try {
    const report = await readExportReport(folder);
    if (report === undefined) return ["export.json is missing"];
    ({ outputs } = report);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return ["export.json is damaged"];
  }
  if (outputs === undefined) return undefined;
  const found: string[] = [];
  for (const [path, expected] of Object.entries(outputs)) {
    try {
      const digest = await hashFile(join(folder, path), createHash("sha256"));
      if (digest === expected) continue;
      found.push(`${path} is not what was written (SHA-256 ${digest} instead of ${expected})`);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      found.push(
        error instanceof Deno.errors.NotFound
          ? `${path} is missing`
          : `${path} can't be read: ${(error as Error).message}`,
      );
    }
  }
  return found;
}
