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
  const file = await Deno.open(path, { read: true, write: true, create: true });
  let isLocked = false;
  try {
    // Deno before 2.5 has no tryLock: there the lock is waited for, and no signal ends the waiting.
    if (typeof file.tryLock === "function") isLocked = await file.tryLock(exclusive);
    else {
      await file.lock(exclusive);
      isLocked = true;
    }
  } finally {
    if (!isLocked) file.close();
  }
  if (!isLocked) return undefined;
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
