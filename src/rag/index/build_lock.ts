import { dirname, join } from "node:path";
import {
  type FileLock,
  isLockUnsupported,
  pause,
  tryLockPassingFile,
} from "../../hub/file_lock.ts";
import { unlessGone } from "../../hub/folder_size.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";

/** Time between two tries for the lock, in milliseconds. */
const POLL_MS = 100;
/** How often a folder may vanish between its making and the lock in it. */
const MOST_VANISHED = 20;

/** The right to build in a folder. */
export interface BuildLock {
  /** Lets others build. Safe to call twice. */
  release(): void;
  /** As `release`, and removes the file of the lock and the folders, if they were made for it. */
  undo(): Promise<void>;
}

/** How to wait for another build. */
export interface BuildLockOptions {
  readonly signal?: AbortSignal;
  /** Called once when another process is building. */
  readonly onWait: () => void;
}

/**
 * Makes a folder where there is none, and locks `.build.lock` in it.
 * @throws {CannotContinueError} where the file system has no locks.
 * @throws what the system says, or the signal's reason.
 */
export async function lockForBuilding(
  folder: string,
  { signal, onWait }: BuildLockOptions,
): Promise<BuildLock> {
  const path = join(folder, ".build.lock");
  const newFolders = await missingFolders(folder);
  const isNew = await Deno.lstat(path).catch(unlessGone) === undefined;
  let waits = false;
  for (let vanished = 0;;) {
    signal?.throwIfAborted();
    let lock: FileLock | undefined;
    try {
      await Deno.mkdir(folder, { recursive: true });
      lock = await tryLockPassingFile(path);
    } catch (error) {
      if (isLockUnsupported(error)) throw withoutLocks(folder, error);
      // Another build that made the folder may have failed and taken it away again.
      if (!(error instanceof Deno.errors.NotFound) || ++vanished > MOST_VANISHED) throw error;
      continue;
    }
    if (lock !== undefined) return buildLock(lock, path, isNew && !waits, newFolders);
    if (!waits) onWait();
    waits = true;
    await pause(POLL_MS, signal);
  }
}

function buildLock(
  lock: FileLock,
  path: string,
  isNew: boolean,
  newFolders: readonly string[],
): BuildLock {
  return {
    release: () => lock.release(),
    async undo() {
      try {
        if (isNew) {
          await Deno.remove(path);
          for (const folder of newFolders) await Deno.remove(folder);
        }
      } catch {
        // Something else is in it by now, or may not be removed: it stays.
      } finally {
        lock.release();
      }
    },
  };
}

/** The folder and those above it that are not there yet, the deepest first. */
async function missingFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = folder;; at = dirname(at)) {
    const isThere = await Deno.lstat(at).then(() => true, (error) => {
      if (error instanceof Deno.errors.NotFound) return false;
      // What is wrong with it is told when it is made.
      return true;
    });
    if (isThere || dirname(at) === at) return missing;
    missing.push(at);
  }
}

function withoutLocks(folder: string, error: unknown): CannotContinueError {
  return new CannotContinueError(
    `The file system of ${folder} can't lock files (${(error as Error).message}). ` +
      "Name a folder on a local disk with --out.",
    { cause: error },
  );
}
