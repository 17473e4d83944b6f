import { basename, dirname, isAbsolute, resolve } from "node:path";
import type { Checkpoint } from "./checkpoint.ts";
import { shorten } from "./list_names.ts";

/** What a model is called in a name or path: its own name, and parts behind it that say nothing. */
interface Identity {
  readonly name: string;
  readonly rest: readonly string[];
}

/**
 * A warning where an adapter names another base than the one it is used with, or names it so that
 * this can't be known ("model", "."). Names are compared without case, by their last part that can
 * be a model's: "Qwen/Qwen3-8B", "/data/qwen3-8b/" and the Hugging Face cache's
 * ".../models--Qwen--Qwen3-8B/snapshots/<revision>" are the same. A path that leads to the very
 * folder in use, from here or from a folder above the adapter, is the same whatever it is called.
 * @param named base_model_name_or_path; nothing is said without one.
 * @param base in use.
 * @returns nothing, or one warning.
 */
export async function baseWarning(
  named: string | undefined,
  { folder, config }: Pick<Checkpoint, "folder" | "config">,
  configPath: string,
): Promise<string[]> {
  if (named === undefined) return [];
  const here = await realPathOr(folder);
  for (const place of placesOf(named, dirname(configPath))) {
    if (await realPathOr(place) === here) return [];
  }
  const wanted = identityOf(named);
  // transformers 4 writes into config.json where the model came from.
  const { _name_or_path: origin } = config.raw;
  const inUse = [folder, here, ...typeof origin === "string" ? [origin] : []].map(identityOf);
  if (inUse.some((one) => areSame(one, wanted))) return [];
  if (wanted === undefined || wanted.rest.length > 0) {
    return [
      `${configPath}: the adapter's base is only named ${JSON.stringify(shorten(named))} ` +
      "(base_model_name_or_path), which does not say which model that is. Make sure that it is " +
      `the base here, ${folder}.`,
    ];
  }
  return [
    `${configPath}: the adapter was trained on ${shorten(named)} (base_model_name_or_path), and ` +
    `the base here is ${folder}. Make sure that they are the same model.`,
  ];
}

/** Names that people and programs give to any model's folder. */
const ANY_MODEL = new Set(
  ("base base_model base-model basemodel model models checkpoint checkpoints ckpt weights hf " +
    "snapshot snapshots output outputs merged final best last latest main tmp temp data home root " +
    "workspace").split(" "),
);

function saysNothing(part: string): boolean {
  return part.length <= 2 || ANY_MODEL.has(part) ||
    // Trainer's and Python's tempfile's names, and revisions.
    /^(checkpoint-\d+|tmp[a-z0-9_]{8}|[0-9a-f]{40})$/.test(part);
}

/** @returns undefined where no part of the name can be a model's. */
function identityOf(path: string): Identity | undefined {
  const cached = cachedName(path);
  if (cached !== undefined) return { name: cached.toLowerCase(), rest: [] };
  const parts = path.toLowerCase().split(/[/\\]+/).filter((part) => part !== "");
  const index = parts.findLastIndex((part) => !saysNothing(part));
  return index < 0 ? undefined : { name: parts[index]!, rest: parts.slice(index + 1) };
}

/** The model's name in the path of a snapshot in the Hugging Face cache. */
function cachedName(path: string): string | undefined {
  const parent = dirname(path.replace(/[/\\]+$/, ""));
  if (basename(parent) !== "snapshots") return undefined;
  return /^models--.*?--(.+)$/.exec(basename(dirname(parent)))?.[1];
}

function areSame(a: Identity | undefined, b: Identity | undefined): boolean {
  if (a === undefined || a.name !== b?.name) return false;
  const isEither = a.rest.length === 0 || b.rest.length === 0;
  return isEither || a.rest.join("/") === b.rest.join("/");
}

/** Where a path may lead: the training ran here, or in a folder that the adapter lies in. */
function placesOf(named: string, adapterFolder: string): string[] {
  if (isAbsolute(named)) return [named];
  const places = [resolve(named)];
  let at = resolve(adapterFolder);
  for (; at !== dirname(at); at = dirname(at)) places.push(resolve(at, named));
  return places;
}

async function realPathOr(folder: string): Promise<string> {
  try {
    return await Deno.realPath(folder);
  } catch {
    // Without permission for what lies above, the name as it was given has to do.
    return resolve(folder);
  }
}
