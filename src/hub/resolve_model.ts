import type { HubEnvironment } from "../settings/hub_environment.ts";
import { isFolder, modelKindOf, type ModelWish } from "./local_folder.ts";
import { parseRepoName } from "./model_name.ts";
import type { DownloadProgress } from "./download_snapshot.ts";

/** Where files were found. */
export type ModelSource = "folder" | "hub-cache" | "download";

/** A model's files on disk. */
export interface ResolvedModel {
  /** Which of the folder's files to use: `onnx/` as it is, or the safetensors. */
  readonly kind: "onnx" | "safetensors";
  readonly folder: string;
  /** As it was asked for, without the revision. */
  readonly name: string;
  /** The hub's commit, for a model from the hub. */
  readonly revision?: string;
  readonly source: ModelSource;
}

/** What both resolvers take from the world around them. */
export interface ResolveOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called with a sentence about something that is not as it should be but does not stop us. */
  readonly onWarning?: (message: string) => void;
  readonly fetch?: typeof fetch;
  readonly environment?: HubEnvironment;
  /** First waiting time between tries, in milliseconds. */
  readonly retryMs?: number;
  /** A server that sends nothing for so long counts as gone, in milliseconds. */
  readonly silenceMs?: number;
  /** Room on the disk of a folder, in bytes; undefined: unknown. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
}

/** Which model, and what the world gives. */
export type ResolveModelOptions = ModelWish & ResolveOptions;

/**
 * Finds a model's files: a folder, else `Org/Name[@revision]` in the Hugging Face cache, else
 * downloaded into it.
 * @throws {UsageError} when there is no such model, or it can't be used for what is wished.
 * @throws {CannotContinueError} when it can't be had: network, disk, wrong digests.
 */
export async function resolveModel(
  name: string,
  options: ResolveModelOptions,
): Promise<ResolvedModel> {
  if (await isFolder(name, "model")) {
    return { kind: await modelKindOf(name, options), folder: name, name, source: "folder" };
  }
  const { resolveHubModel } = await import("./resolve_hub_files.ts");
  return await resolveHubModel(parseRepoName(name, "model"), options);
}
