import { statfs } from "node:fs";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";

/** Deno 2.4 has it with a callback only. */
const statFileSystem = promisify(statfs);

/**
 * Bytes that this user can still write below a folder, which need not exist yet; undefined where the
 * system does not tell.
 * @throws {Deno.errors.NotCapable} without `--allow-sys=statfs`, or permission to read the folder.
 */
export async function freeDiskSpace(folder: string): Promise<number | undefined> {
  for (let at = resolve(folder);; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statFileSystem(at);
      return bavail * bsize;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      const { code } = error as { code?: string };
      const mayBeAbove = code === "ENOENT" || code === "ENOTDIR";
      if (!mayBeAbove || at === dirname(at)) return undefined;
    }
  }
}
