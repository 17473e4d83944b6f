import { tryLock } from "../device/try_lock.ts";
import { unlessGone } from "./folder_size.ts";

/** A lock on a file. The kernel frees it when the process ends, however it ends. */
export interface FileLock {
  /** Safe to call twice. */
  release(): void;
}

/** How to wait for a lock. */
export interface FileLockOptions {
  /** True: alone; false: together with others that do not need to be alone. */
  readonly exclusive: boolean;
  readonly signal?: AbortSignal;
  /** Called once when the lock is not to be had at once. */
  readonly onWait?: () => void;
  /** Time between two tries, in milliseconds. */
  readonly pollMs?: number;
}

/**
 * Waits for an advisory lock (`flock`) on a file, which is made when it is missing.
 * @throws the signal's reason when it is aborted.
 */
export async function lockFile(path: string, options: FileLockOptions): Promise<FileLock> {
  const { exclusive, signal, onWait, pollMs = 100 } = options;
  for (let waited = false;; waited = true) {
    signal?.throwIfAborted();
    const lock = await tryLockFile(path, exclusive);
    if (lock !== undefined) return lock;
    if (!waited) onWait?.();
    await pause(pollMs, signal);
  }
}

/** A lock on a file if it is free now; undefined while somebody else holds it. */
export async function tryLockFile(path: string, exclusive: boolean): Promise<FileLock | undefined> {
  const file = await openLocked(path, exclusive);
  return file && lockOf(file);
}

/**
 * As {@linkcode tryLockFile}, alone, for a file that its holder deletes before he lets it go: a lock
 * on a deleted file guards nothing, so it is taken again.
 */
export async function tryLockPassingFile(path: string): Promise<FileLock | undefined> {
  for (;;) {
    const file = await openLocked(path, true);
    if (file === undefined) return undefined;
    const at = await Deno.stat(path).catch(unlessGone);
    if (at !== undefined && at.ino === (await file.stat()).ino) return lockOf(file);
    file.close();
  }
}

async function openLocked(path: string, exclusive: boolean): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(path, { read: true, write: true, create: true });
  let isLocked = false;
  try {
    isLocked = await tryLock(file, path, exclusive);
  } finally {
    if (!isLocked) file.close();
  }
  return isLocked ? file : undefined;
}

function lockOf(file: Deno.FsFile): FileLock {
  let isHeld = true;
  return {
    release() {
      if (isHeld) file.close();
      isHeld = false;
    },
  };
}

/** True where a file system has no locks at all, as some network file systems. */
export function isLockUnsupported(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && ["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code);
}

/** Waits; ends early with the signal's reason. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      done();
    }, milliseconds);
    const onAbort = () => {
      clearTimeout(timer);
      fail(signal!.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
