import { dirname } from "node:path";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { needsRoom, systemReason } from "../settings/system_reason.ts";
import { linkedFile } from "./linked_file.ts";

/**
 * Writes a file so that readers see the old content or the whole new one, also after a power cut:
 * a temporary file beside it, fsync, rename, fsync of the folder.
 * @param sync makes the file's bytes durable; watched in tests.
 * @throws {CannotContinueError} naming the file and the system's reason; the old file is untouched.
 */
export async function writeAtomically(
  path: string,
  chunks: Iterable<string>,
  sync: (file: Deno.FsFile) => Promise<void> = (file) => file.sync(),
): Promise<void> {
  // A link is followed, so that the file it names is replaced and not the link.
  const target = await linkedFile(path) ?? path;
  // One name for all tries: what a kill leaves behind is overwritten by the next one.
  const temporary = `${target}.tmp`;
  try {
    const file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    try {
      const encoder = new TextEncoder();
      for (const chunk of chunks) await writeAll(file, encoder.encode(chunk));
      await sync(file);
    } finally {
      file.close();
    }
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new CannotContinueError(
      `Can't write ${path}: ${systemReason(error)}.` +
        (needsRoom(error) ? " Make room and run the command again." : ""),
      { cause: error },
    );
  }
  await syncFolder(dirname(target));
}

/** Writes every byte, however many the system takes at a time. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** Makes a new name in a folder durable. Systems that can't sync a folder do it with the file. */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // The file itself is written.
  }
}
