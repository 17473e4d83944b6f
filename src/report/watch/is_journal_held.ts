import { isTaken } from "../../device/try_lock.ts";

/**
 * Whether a run still writes a journal: it holds an exclusive lock on it as long as it lives. Asked by
 * a shared lock that is given back at once; a run that starts in that instant would be refused, so
 * ask only where the journal has not grown for a while.
 * @returns undefined where it can't be told: on Windows, and with Deno before 2.5, which can only wait
 * for a lock, unless it may ask the C library (as the compiled form may).
 */
export async function isJournalHeld(path: string): Promise<boolean | undefined> {
  if (Deno.build.os === "windows") return undefined;
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  try {
    if (typeof file.tryLock === "function") return !await file.tryLock(false);
    const { state } = await Deno.permissions.query({ name: "ffi" });
    return Deno.build.os === "linux" && state === "granted" ? isTaken(path, false) : undefined;
  } catch {
    // A file system without locks.
    return undefined;
  } finally {
    file.close();
  }
}
