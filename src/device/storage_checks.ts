import { dirname, resolve } from "node:path";
import { describeLink, linkToNothing } from "../settings/make_folders.ts";
import type { HubEnvironment } from "../settings/hub_environment.ts";
import { type Finding, formatBytes } from "./doctor_check.ts";
import { freeDiskSpace } from "./free_disk_space.ts";
import { measureFolder } from "./measure_folder.ts";
import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** What the storage checks take from the world around them. */
export interface StorageSources {
  readonly files?: SystemFiles;
  readonly freeDiskSpace?: typeof freeDiskSpace;
  /** Time for adding up a folder, in milliseconds. */
  readonly measureMs?: number;
}

/** Room for one 8B model: its files in 16 bits. */
const ROOM_FOR_A_MODEL_BYTES = 20e9;

/** Below this a run of some hundred questions may not find room for its prompts and answers. */
const ROOM_FOR_RESULTS_BYTES = 100e6;

/** Below this nothing at all can be kept. */
const LEAST_ROOM_BYTES = 1e6;

/** Where models from Hugging Face are kept, and whether there is a token (never the token itself). */
export async function checkHubCache(
  environment: HubEnvironment,
  sources: StorageSources = {},
): Promise<Finding> {
  const folder = await examineFolder(environment.hubCache, sources);
  const hasToken = environment.token() !== undefined;
  const models = await countModels(environment.hubCache);
  const notes = [
    ...(models === 0 ? [] : [`${models} model${models === 1 ? "" : "s"}`]),
    hasToken ? "a token is set" : "no token (needed for gated models only)",
    ...(environment.offline ? ["offline (HF_HUB_OFFLINE)"] : []),
  ];
  return {
    ...folder.finding,
    summary: [folder.finding.summary, ...notes].join(", "),
    data: {
      ...folder.finding.data,
      models,
      token_present: hasToken,
      offline: environment.offline,
      endpoint: environment.endpoint,
    },
    ...(folder.finding.state === "ok" || folder.advice === undefined
      ? {}
      : { advice: `${folder.advice} (HF_HOME names the folder.)` }),
  };
}

/** Where houqa keeps exported models and the CUDA runtime. */
export async function checkHouqaCache(
  environment: HubEnvironment,
  sources: StorageSources = {},
): Promise<Finding> {
  const { finding, advice } = await examineFolder(environment.houqaCache, sources);
  return finding.state === "ok" || advice === undefined
    ? finding
    : { ...finding, advice: `${advice} (HOUQA_CACHE names the folder.)` };
}

/** Where result files go: without room or leave to write there, no answer can be kept. */
export async function checkResults(
  { files = SYSTEM_FILES, freeDiskSpace: ask = freeDiskSpace }: StorageSources = {},
  folder = resolve("results"),
): Promise<Finding> {
  const isThere = await Deno.stat(folder).then((at) => at.isDirectory, () => false);
  const writable = files.canWrite(isThere ? folder : await nearestFolder(folder));
  const free = await ask(folder).catch(unlessForbidden);
  const isTight = free !== undefined && free < ROOM_FOR_RESULTS_BYTES;
  const isFull = free !== undefined && free < LEAST_ROOM_BYTES;
  const link = isThere ? undefined : await linkToNothing(folder);
  return {
    state: writable === false || isFull || link !== undefined ? "problem" : isTight ? "note" : "ok",
    summary: [
      ...(link === undefined ? [folder] : [describeLink(link)]),
      ...(isThere || link !== undefined ? [] : ["not there yet"]),
      ...(writable === false ? ["not writable"] : []),
      ...(free === undefined ? [] : [`${formatBytes(free)} of disk free`]),
    ].join(", "),
    ...(writable === false
      ? { advice: "Run houqa in a folder of your own, or name a file elsewhere with --output." }
      : isTight
      ? { advice: "Make room: every answer is written at once, and a full disk stops a run." }
      : {}),
    data: { folder, exists: isThere, writable, free_bytes: free },
  };
}

async function examineFolder(
  folder: string,
  sources: StorageSources,
): Promise<{ finding: Finding; advice?: string }> {
  const { files = SYSTEM_FILES, measureMs = 1000 } = sources;
  const size = await measureFolder(folder, measureMs);
  const writable = files.canWrite(size === undefined ? await nearestFolder(folder) : folder);
  const free = await (sources.freeDiskSpace ?? freeDiskSpace)(folder).catch(unlessForbidden);
  const isTight = free !== undefined && free < ROOM_FOR_A_MODEL_BYTES;
  const parts = [
    folder,
    size === undefined
      ? "not there yet"
      : `${size.isComplete ? "" : "more than "}${formatBytes(size.sizeBytes)}`,
    ...(writable === false ? ["not writable"] : []),
    ...(free === undefined ? [] : [`${formatBytes(free)} of disk free`]),
  ];
  const isFull = free !== undefined && free < LEAST_ROOM_BYTES;
  const advice = writable === false
    ? "Nothing can be kept here: choose another folder."
    : isFull
    ? "Nothing can be kept here: make room, or choose another folder."
    : isTight
    ? "Little room for models: an 8B model takes about 16 GB to download and 6 GB exported in 4 bits."
    : undefined;
  return {
    finding: {
      state: writable === false || isFull ? "problem" : isTight ? "note" : "ok",
      summary: parts.join(", "),
      data: {
        folder,
        exists: size !== undefined,
        size_bytes: size?.sizeBytes,
        size_is_complete: size?.isComplete,
        writable,
        free_bytes: free,
      },
    },
    ...(advice === undefined ? {} : { advice }),
  };
}

/** A folder that is missing is made below the nearest one that is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder;; at = dirname(at)) {
    const isThere = await Deno.stat(at).then(() => true, () => false);
    if (isThere || at === dirname(at)) return at;
  }
}

/** Models in the layout that huggingface_hub made: one folder `models--Org--Name` each. */
async function countModels(hubCache: string): Promise<number> {
  let count = 0;
  try {
    for await (const { name } of Deno.readDir(hubCache)) if (name.startsWith("models--")) count++;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
  }
  return count;
}

function unlessForbidden(error: unknown): undefined {
  if (error instanceof Deno.errors.NotCapable) return undefined;
  throw error;
}
