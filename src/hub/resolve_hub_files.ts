import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { UsageError } from "../settings/usage_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import {
  cachedAdapterFiles,
  type CachedFiles,
  cachedModelFiles,
  DEFAULT_ONNX_FILE,
} from "./cached_files.ts";
import { downloadSnapshot } from "./download_snapshot.ts";
import { HubCacheRepo } from "./hub_cache.ts";
import { HubConnection } from "./hub_connection.ts";
import { commitOf, filesOf, type RemoteFile } from "./hub_repo.ts";
import { describeMissingAdapter, describeMissingWeights, type ModelWish } from "./local_folder.ts";
import {
  ADAPTER_FILES,
  INDEX_FILE,
  isDataOf,
  SENTENCE_FILES,
  shardsOf,
  SMALL_FILES,
  WEIGHTS_FILE,
} from "./model_files.ts";
import type { RepoName } from "./model_name.ts";
import type { ResolvedAdapter } from "./resolve_adapter.ts";
import type { ResolvedModel, ResolveModelOptions, ResolveOptions } from "./resolve_model.ts";

/** One thing on the hub, a model or an adapter: what of it is needed, and what it is worth alone. */
interface Wanted {
  readonly what: "model" | "adapter";
  /** Files worth having wherever the repository has them. */
  readonly small: readonly string[];
  readonly inCache: (cache: HubCacheRepo, commit: string) => Promise<CachedFiles>;
  /**
   * The weights among a repository's files. `read` downloads a small file and gives its text.
   * @throws {UsageError} when there are none that can be used.
   */
  readonly choose: (
    files: ReadonlyMap<string, RemoteFile>,
    read: (path: string) => Promise<string>,
    repo: string,
  ) => Promise<{ kind: "onnx" | "safetensors"; paths: readonly string[] }>;
}

/** A model of the hub: from the cache, else downloaded into it. Errors as `resolveModel`. */
export function resolveHubModel(
  name: RepoName,
  options: ResolveModelOptions,
): Promise<ResolvedModel> {
  const { hasAdapter, onnxFile, forEmbeddings = false } = options;
  const wish: ModelWish = { hasAdapter, onnxFile, forEmbeddings };
  return resolve(name, options, {
    what: "model",
    small: forEmbeddings ? [...SMALL_FILES, ...SENTENCE_FILES] : SMALL_FILES,
    inCache: (cache, commit) => cachedModelFiles(cache, commit, wish),
    choose: (files, read, repo) => chooseModelFiles(files, read, repo, wish),
  });
}

/** An adapter of the hub: from the cache, else downloaded into it. Errors as `resolveAdapter`. */
export async function resolveHubAdapter(
  name: RepoName,
  options: ResolveOptions,
): Promise<ResolvedAdapter> {
  const { kind: _, ...adapter } = await resolve(name, options, {
    what: "adapter",
    small: [],
    inCache: cachedAdapterFiles,
    choose(files, _read, repo) {
      if (ADAPTER_FILES.every((path) => files.has(path))) {
        return Promise.resolve({ kind: "safetensors", paths: ADAPTER_FILES });
      }
      throw new UsageError(`${repo} ${describeMissingAdapter([...files.keys()])}`);
    },
  });
  return adapter;
}

async function resolve(
  { repo, revision = "main" }: RepoName,
  options: ResolveOptions,
  wanted: Wanted,
): Promise<ResolvedModel> {
  const environment = options.environment ?? hubEnvironment();
  const cache = new HubCacheRepo(environment.hubCache, repo);
  const known = await cache.commitOf(revision);
  const cached = known === undefined ? undefined : await wanted.inCache(cache, known);
  const found = (commit: string, kind: CachedFiles["kind"], source: ResolvedModel["source"]) => ({
    kind,
    folder: cache.snapshot(commit),
    name: repo,
    revision: commit,
    source,
  });

  if (known !== undefined && cached?.missing.length === 0) {
    if (cached.unsure.length > 0 && !environment.offline) {
      await completeCached(cache, known, cached, wanted, { ...options, environment });
    }
    return found(known, cached.kind, "hub-cache");
  }
  if (environment.offline) {
    throw new UsageError(explainMiss(wanted.what, repo, revision, environment.hubCache, cached));
  }

  const hub = new HubConnection({ ...options, environment });
  try {
    const commit = await commitOf(hub, repo, revision);
    const files = await filesOf(hub, repo, commit);
    const { kind, received } = await download(hub, cache, commit, files, wanted, options);
    await cache.setCommit(revision, commit);
    return found(commit, kind, received > 0 ? "download" : "hub-cache");
  } catch (error) {
    throw explainFailure(error, repo, environment.hubCache);
  }
}

async function download(
  hub: HubConnection,
  cache: HubCacheRepo,
  commit: string,
  files: ReadonlyMap<string, RemoteFile>,
  wanted: Wanted,
  options: ResolveOptions,
): Promise<{ kind: "onnx" | "safetensors"; received: number }> {
  let received = 0;
  const read = async (path: string) => {
    received += await downloadSnapshot(hub, cache, commit, [files.get(path)!], {});
    return await Deno.readTextFile(cache.pointer(commit, path));
  };
  const { kind, paths } = await wanted.choose(files, read, cache.repo);
  const all = [...new Set([...wanted.small, ...paths])].flatMap((path) => files.get(path) ?? []);
  received += await downloadSnapshot(hub, cache, commit, all, options);
  await markAbsent(cache, commit, files, wanted.small);
  return { kind, received };
}

/** Another program may have downloaded the weights only; what else the model has is fetched. */
async function completeCached(
  cache: HubCacheRepo,
  commit: string,
  cached: CachedFiles,
  wanted: Wanted,
  options: ResolveOptions & { readonly environment: ReturnType<typeof hubEnvironment> },
): Promise<void> {
  // The model is there: a server without network must not be kept waiting.
  const hub = new HubConnection({ ...options, retries: 0, silenceMs: 10_000 });
  try {
    const files = await filesOf(hub, cache.repo, commit);
    const small = wanted.small.flatMap((path) => files.get(path) ?? []);
    await downloadSnapshot(hub, cache, commit, small, options);
    await markAbsent(cache, commit, files, wanted.small);
  } catch (error) {
    options.signal?.throwIfAborted();
    options.onWarning?.(
      `${cache.repo} is in the cache without ${
        cached.unsure.join(", ")
      }, and whether it has them ` +
        `can't be asked now: ${(error as Error).message}`,
    );
  }
}

async function markAbsent(
  cache: HubCacheRepo,
  commit: string,
  files: ReadonlyMap<string, RemoteFile>,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) if (!files.has(path)) await cache.setAbsent(commit, path);
}

async function chooseModelFiles(
  files: ReadonlyMap<string, RemoteFile>,
  read: (path: string) => Promise<string>,
  repo: string,
  { hasAdapter, onnxFile = DEFAULT_ONNX_FILE }: ModelWish,
): Promise<{ kind: "onnx" | "safetensors"; paths: readonly string[] }> {
  const names = [...files.keys()];
  const onnxFiles = names.filter((path) => /^onnx\/[^/]+\.onnx$/.test(path));
  if (!hasAdapter && onnxFiles.includes(onnxFile)) {
    const data = names.filter((path) => isDataOf(path, onnxFile));
    return { kind: "onnx", paths: [onnxFile, ...data] };
  }
  if (files.has(WEIGHTS_FILE)) return { kind: "safetensors", paths: [WEIGHTS_FILE] };
  if (files.has(INDEX_FILE)) {
    const shards = readShards(await read(INDEX_FILE), repo);
    const missing = shards.filter((path) => !files.has(path));
    if (missing.length > 0) {
      throw new UsageError(`${repo} is incomplete on the hub: ${missing.join(", ")} missing.`);
    }
    return { kind: "safetensors", paths: [INDEX_FILE, ...shards] };
  }
  if (onnxFiles.length > 0) {
    const instead = hasAdapter
      ? "which can't take an adapter. Give the model that it was exported from."
      : `and not ${onnxFile}. Choose a dtype that is there, or the model it was exported from.`;
    throw new UsageError(`${repo} has only exported files (${onnxFiles.join(", ")}), ${instead}`);
  }
  throw new UsageError(`${repo} ${describeMissingWeights(names)}`);
}

function readShards(indexJson: string, repo: string): string[] {
  try {
    return shardsOf(indexJson);
  } catch (error) {
    throw new UsageError(`${INDEX_FILE} of ${repo} is damaged: ${(error as Error).message}.`);
  }
}

/** How a model comes to a machine that can't download it. */
function howToCopy(repo: string, hubCache: string): string {
  return `download it on another machine and copy its folder models--${
    repo.replace("/", "--")
  } (with its links: tar, or rsync -a) into ${hubCache}`;
}

function explainMiss(
  what: string,
  repo: string,
  revision: string,
  hubCache: string,
  cached: CachedFiles | undefined,
): string {
  const which = revision === "main" ? repo : `${repo}@${revision}`;
  const missing = cached === undefined
    ? `the ${what} ${which} is not in the Hugging Face cache (${hubCache})`
    : `${cached.missing.join(", ")} of ${which} ${
      cached.missing.length === 1 ? "is" : "are"
    } missing in the Hugging Face cache (${hubCache})`;
  return `HF_HUB_OFFLINE is set, and ${missing}. Unset it to download, or ` +
    `${howToCopy(repo, hubCache)}.`;
}

/** What can be done where no hub can be reached; a disk that can't be written is named. */
function explainFailure(error: unknown, repo: string, hubCache: string): unknown {
  if (error instanceof CannotContinueError && (error.cause as Error)?.name === "PassingError") {
    return new CannotContinueError(
      `${error.message} Without a network, ${howToCopy(repo, hubCache)}.`,
      { cause: error },
    );
  }
  const { code } = error as { code?: string };
  if (code !== undefined && ["EACCES", "EPERM", "EROFS", "EIO"].includes(code)) {
    return new CannotContinueError(
      `Can't write the Hugging Face cache ${hubCache}: ${systemReason(error)}. ` +
        "Set HF_HOME to a folder that you may write.",
      { cause: error },
    );
  }
  return error;
}
