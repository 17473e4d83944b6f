import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { hashFile } from "./digest_files.ts";
import { fetchPart } from "./fetch_part.ts";
import { type FileLock, isLockUnsupported, lockFile } from "./file_lock.ts";
import { unlessGone } from "./folder_size.ts";
import type { HubCacheRepo } from "./hub_cache.ts";
import type { HubConnection } from "./hub_connection.ts";
import { addressOf, type RemoteFile } from "./hub_repo.ts";

/** How a download tells how far it is. */
export interface DownloadFileOptions {
  /** Bytes of the file on disk. */
  readonly onOffset?: (sizeBytes: number) => void;
  /** Called when another process is downloading the same file. */
  readonly onWait?: () => void;
}

/**
 * Sees to it that a file of a commit is in the cache. What an earlier try left (`.incomplete`) is
 * taken up where it ended; the file appears only when its digest is right.
 * @returns bytes received.
 * @throws {CannotContinueError} when it can't be had or is not what it should be.
 */
export async function downloadFile(
  hub: HubConnection,
  cache: HubCacheRepo,
  commit: string,
  file: RemoteFile,
  options: DownloadFileOptions = {},
): Promise<number> {
  const { path, etag, sizeBytes } = file;
  if (await hasSize(cache.pointer(commit, path), sizeBytes)) return 0;
  const blob = cache.blob(etag);
  await Deno.mkdir(dirname(blob), { recursive: true });
  const lock = await lockBlob(cache, etag, hub.signal, options.onWait);
  try {
    if (await hasSize(cache.pointer(commit, path), sizeBytes)) return 0;
    let received = 0;
    const isNew = !await hasSize(blob, sizeBytes);
    if (isNew) received = await fetchBlob(hub, cache, commit, file, options);
    await cache.expose(etag, commit, path, isNew);
    return received;
  } catch (error) {
    throw diskTrouble(error, path, cache);
  } finally {
    lock?.release();
  }
}

/** Bytes of a file that are not on disk yet. */
export async function missingBytes(
  cache: HubCacheRepo,
  commit: string,
  { path, etag, sizeBytes }: RemoteFile,
): Promise<number> {
  if (await hasSize(cache.pointer(commit, path), sizeBytes)) return 0;
  if (await hasSize(cache.blob(etag), sizeBytes)) return 0;
  const part = await Deno.stat(`${cache.blob(etag)}.incomplete`).catch(unlessGone);
  return Math.max(0, sizeBytes - (part?.size ?? 0));
}

async function fetchBlob(
  hub: HubConnection,
  cache: HubCacheRepo,
  commit: string,
  file: RemoteFile,
  options: DownloadFileOptions,
): Promise<number> {
  const blob = cache.blob(file.etag);
  const part = `${blob}.incomplete`;
  const { path, sizeBytes, etag, digest } = file;
  const subject = { repo: cache.repo, revision: commit, path };
  const address = addressOf(hub, cache.repo, commit, path);
  const received = await fetchPart({
    part,
    sizeBytes,
    name: path,
    host: hub.host,
    request: (headers, signal) => hub.request(address, { headers, signal }, subject),
    silenceMs: hub.silenceMs,
    signal: hub.signal,
    onOffset: options.onOffset,
    digest: etag,
    digestOf: () => digestOf(part, file, hub.signal),
    persistently: (action, progress) => hub.persistently(action, progress),
    mismatch: (found) =>
      new CannotContinueError(
        `${path} of ${cache.repo} is not what it should be: ${digest} ${found} instead of ${etag}. ` +
          `It was thrown away. Try again; if it stays so, something between here and ${hub.host} ` +
          "changes files.",
      ),
  });
  await Deno.rename(part, blob);
  return received;
}

/** The digest that an etag stands for. */
function digestOf(path: string, file: RemoteFile, signal?: AbortSignal): Promise<string> {
  if (file.digest === "sha256") return hashFile(path, createHash("sha256"), { signal });
  return hashFile(path, createHash("sha1").update(`blob ${file.sizeBytes}\0`), { signal });
}

async function hasSize(path: string, sizeBytes: number): Promise<boolean> {
  return (await Deno.stat(path).catch(unlessGone))?.size === sizeBytes;
}

/** The lock that Python's huggingface_hub takes too. Where there are no locks, digests must do. */
async function lockBlob(
  cache: HubCacheRepo,
  etag: string,
  signal?: AbortSignal,
  onWait?: () => void,
): Promise<FileLock | undefined> {
  const path = cache.lock(etag);
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    return await lockFile(path, { exclusive: true, signal, onWait });
  } catch (error) {
    if (isLockUnsupported(error)) return undefined;
    throw error;
  }
}

/** Says what to do about a full disk; anything else stays as it is. */
function diskTrouble(error: unknown, path: string, cache: HubCacheRepo): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new CannotContinueError(
    `No room for ${path} in ${cache.folder}: ${message}. What was downloaded stays; make room or ` +
      "set HF_HOME to a larger disk, then run the command again.",
    { cause: error },
  );
}
