import { join } from "node:path";

/** What lies below a folder. */
export interface FolderSize {
  readonly sizeBytes: number;
  /** False where the time was up before everything was seen. */
  readonly isComplete: boolean;
}

/**
 * Adds up the files below a folder, links left out, until the time is up: a cache on a network file
 * system can hold more files than anybody wants to wait for. Undefined where there is no such folder.
 * @throws {Deno.errors.NotCapable} when this process may not look.
 */
export async function measureFolder(
  folder: string,
  limitMs: number,
): Promise<FolderSize | undefined> {
  const end = performance.now() + limitMs;
  let sizeBytes = 0;
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    try {
      for await (const entry of Deno.readDir(at)) {
        if (performance.now() > end) return { sizeBytes, isComplete: false };
        const path = join(at, entry.name);
        if (entry.isDirectory) folders.push(path);
        else if (entry.isFile) sizeBytes += (await Deno.lstat(path)).size;
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      if (at === folder) return undefined;
      // What vanished or belongs to somebody else is left out.
    }
  }
  return { sizeBytes, isComplete: true };
}
