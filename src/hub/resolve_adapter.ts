import { checkAdapterFolder, isFolder } from "./local_folder.ts";
import { parseRepoName } from "./model_name.ts";
import type { ModelSource, ResolveOptions } from "./resolve_model.ts";

/** A LoRA adapter's files on disk. */
export interface ResolvedAdapter {
  readonly folder: string;
  /** As it was asked for, without the revision. */
  readonly name: string;
  /** The hub's commit, for an adapter from the hub. */
  readonly revision?: string;
  readonly source: ModelSource;
}

/**
 * Finds a PEFT adapter's files: a folder, else `Org/Name[@revision]` as for a model.
 * @throws {UsageError} when there is no such adapter.
 * @throws {CannotContinueError} when it can't be had: network, disk, wrong digests.
 */
export async function resolveAdapter(
  name: string,
  options: ResolveOptions = {},
): Promise<ResolvedAdapter> {
  if (await isFolder(name, "adapter")) {
    await checkAdapterFolder(name);
    return { folder: name, name, source: "folder" };
  }
  const { resolveHubAdapter } = await import("./resolve_hub_files.ts");
  return await resolveHubAdapter(parseRepoName(name, "adapter"), options);
}
