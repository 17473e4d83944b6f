import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { downloadFile, missingBytes } from "./download_file.ts";
import { sumOfSizes } from "./folder_size.ts";
import { freeBytes } from "./free_space.ts";
import type { HubCacheRepo } from "./hub_cache.ts";
import type { HubConnection } from "./hub_connection.ts";
import type { RemoteFile } from "./hub_repo.ts";

/** How far a download is. */
export interface DownloadProgress {
  /** The file being downloaded. */
  readonly path: string;
  /** Bytes of all files that are on disk; what was there before counts. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Mean of this download so far; absent before the first byte. */
  readonly bytesPerSecond?: number;
  readonly etaSeconds?: number;
}

/** What {@linkcode downloadSnapshot} takes from the world around it. */
export interface DownloadSnapshotOptions {
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly onWarning?: (message: string) => void;
  /** Room on the disk of a folder, in bytes; undefined: unknown. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
  /** Milliseconds that never run backwards. */
  readonly clock?: () => number;
}

/**
 * Sees to it that files of a commit are in the cache, one after the other.
 * @returns bytes received.
 * @throws {CannotContinueError} before the first byte when the disk has no room for all of them;
 * and as {@linkcode downloadFile}.
 */
export async function downloadSnapshot(
  hub: HubConnection,
  cache: HubCacheRepo,
  commit: string,
  files: readonly RemoteFile[],
  options: DownloadSnapshotOptions = {},
): Promise<number> {
  const clock = options.clock ?? (() => performance.now());
  let missing = 0;
  for (const file of files) missing += await missingBytes(cache, commit, file);
  await requireRoom(missing, cache, options.freeBytes ?? freeBytes);

  const totalBytes = sumOfSizes(files);
  const startMs = clock();
  const presentBytes = totalBytes - missing;
  let finishedBytes = 0;
  let received = 0;
  for (const file of files) {
    const { path, sizeBytes } = file;
    received += await downloadFile(hub, cache, commit, file, {
      onOffset(offset) {
        const doneBytes = Math.min(finishedBytes + offset, totalBytes);
        options.onProgress?.({
          path,
          doneBytes,
          totalBytes,
          ...speedOf(doneBytes - presentBytes, totalBytes - doneBytes, clock() - startMs),
        });
      },
      onWait: () => options.onWarning?.(`Another process is downloading ${path}; waiting for it.`),
    });
    finishedBytes += sizeBytes;
  }
  return received;
}

function speedOf(gainedBytes: number, restBytes: number, elapsedMs: number) {
  if (gainedBytes <= 0 || elapsedMs <= 0) return {};
  const bytesPerSecond = 1000 * gainedBytes / elapsedMs;
  return { bytesPerSecond, etaSeconds: restBytes / bytesPerSecond };
}

async function requireRoom(
  missing: number,
  cache: HubCacheRepo,
  ask: (folder: string) => Promise<number | undefined>,
): Promise<void> {
  const free = missing === 0 ? undefined : await ask(cache.folder);
  if (free === undefined || free >= missing) return;
  throw new CannotContinueError(
    `${cache.repo} still needs ${gigabytes(missing)}, but the disk of ${cache.folder} has ` +
      `${gigabytes(free)} left. Make room, or set HF_HOME to a larger disk.`,
  );
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`;
