import { openLibc } from "./open_libc.ts";

/** Of the C library of Linux: flock(2) that does not wait. */
const LIBC = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;
const LOCK_SHARED = 1;
const LOCK_EXCLUSIVE = 2;
const LOCK_NO_WAIT = 4;
const OPEN_READ_WRITE = 2;

/**
 * Takes an advisory lock (`flock`) on an open file if it is free now. Deno before 2.5 can only wait
 * for one, and nothing ends the waiting: there the C library is asked first whether it is free, which
 * leaves an instant in which somebody else can take it. Where the C library can't be asked either,
 * the lock is waited for.
 * @param path of that file.
 * @returns false while somebody else holds it.
 */
export async function tryLock(
  file: Deno.FsFile,
  path: string,
  exclusive: boolean,
): Promise<boolean> {
  if (typeof file.tryLock === "function") return await file.tryLock(exclusive);
  if (isTaken(path, exclusive)) return false;
  await file.lock(exclusive);
  return true;
}

/** Whether somebody holds a lock on a file that excludes this one; false where it can't be told. */
export function isTaken(path: string, exclusive: boolean): boolean {
  const library = openLibc(LIBC);
  if (library === undefined) return false;
  const { symbols: libc } = library;
  try {
    const descriptor = libc.open(new TextEncoder().encode(`${path}\0`), OPEN_READ_WRITE);
    if (descriptor < 0) return false;
    try {
      const kind = exclusive ? LOCK_EXCLUSIVE : LOCK_SHARED;
      return libc.flock(descriptor, kind | LOCK_NO_WAIT) !== 0;
    } finally {
      // Gives the lock back too.
      libc.close(descriptor);
    }
  } finally {
    library.close();
  }
}
