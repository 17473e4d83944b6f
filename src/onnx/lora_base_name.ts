import { basename, dirname } from "node:path";
import { shorten } from "./list_names.ts";

/**
 * A warning where an adapter names another base than the one it is used with. Only last parts are
 * compared, without case: "Qwen/Qwen3-8B", "/data/qwen3-8b/" and the Hugging Face cache's
 * ".../models--Qwen--Qwen3-8B/snapshots/<revision>" are the same.
 * @param named base_model_name_or_path; nothing is said without one.
 * @param folder of the base in use.
 * @returns nothing, or one warning.
 */
export async function baseWarning(
  named: string | undefined,
  folder: string,
  configPath: string,
): Promise<string[]> {
  if (named === undefined) return [];
  const inUse = new Set([lastPart(folder), lastPart(await realPathOr(folder))]);
  if (inUse.has(lastPart(named))) return [];
  return [
    `${configPath}: the adapter was trained on ${shorten(named)} (base_model_name_or_path), and ` +
    `the base here is ${folder}. Make sure that they are the same model.`,
  ];
}

function lastPart(path: string): string {
  const withoutEnd = path.replaceAll("\\", "/").replace(/\/+$/, "");
  const parent = dirname(withoutEnd);
  const cached = /^models--.*?--(.+)$/.exec(basename(dirname(parent)));
  const name = basename(parent) === "snapshots" && cached !== null
    ? cached[1]!
    : basename(withoutEnd);
  return name.toLowerCase();
}

async function realPathOr(folder: string): Promise<string> {
  try {
    return await Deno.realPath(folder);
  } catch {
    // Without permission for what lies above, the name as it was given has to do.
    return folder;
  }
}
