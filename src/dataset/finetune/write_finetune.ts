import { dirname } from "node:path";
import { makeFolders } from "../../settings/make_folders.ts";
import { writeAtomically } from "../../eval/write_atomically.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { systemReason } from "../../settings/system_reason.ts";
import { sha256Hex } from "../sha256.ts";
import { type FinetuneManifest, type FinetuneOrigin, manifestOf } from "./finetune_manifest.ts";

/** The manifest of a file of records: `x.manifest.json` beside `x.jsonl`. */
export function manifestPath(output: string): string {
  return output.replace(/\.jsonl$/i, ".manifest.json");
}

/**
 * Says before anything is done whether records can be written to a file.
 * @param inputs files that must not be replaced.
 * @throws {UsageError} for a name that is not `.jsonl`, a folder, a file that is there without
 * `overwrite`, or one of the inputs.
 */
export async function checkFinetuneOutput(
  output: string,
  overwrite: boolean,
  inputs: readonly string[],
): Promise<void> {
  if (!/\.jsonl$/i.test(output)) {
    throw new UsageError(`--output ${output} must be the name of a .jsonl file.`);
  }
  for (const path of [output, manifestPath(output)]) {
    const found = await statOf(path);
    if (found === undefined) continue;
    if (found.isDirectory) throw new UsageError(`--output: ${path} is a folder.`);
    const real = await Deno.realPath(path);
    for (const input of inputs) {
      if (await Deno.realPath(input).catch(() => undefined) !== real) continue;
      throw new UsageError(`--output ${output} would replace ${input}, which is read.`);
    }
    if (!overwrite) {
      throw new UsageError(
        `${path} exists and is not replaced. Give another --output, or --overwrite.`,
      );
    }
  }
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`--output ${path} can't be used: ${(error as Error).message}`);
  }
}

/**
 * Writes records, then their manifest. An earlier manifest goes first, so that one that is there
 * always belongs to the records beside it.
 * @throws {CannotContinueError} when something can't be written.
 */
export async function writeFinetune(origin: FinetuneOrigin): Promise<FinetuneManifest> {
  const { outputPath } = origin.config;
  const text = origin.made.records.map((record) => `${JSON.stringify(record)}\n`).join("");
  const manifest = await manifestOf(origin, await sha256Hex(text));
  const path = manifestPath(outputPath);
  try {
    await makeFolders(dirname(outputPath));
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new CannotContinueError(`Can't write ${outputPath}: ${systemReason(error)}`);
  }
  await writeAtomically(outputPath, [text]);
  await writeAtomically(path, [`${JSON.stringify(manifest, null, 2)}\n`]);
  return manifest;
}
