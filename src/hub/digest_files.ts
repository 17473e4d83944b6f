import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { type HubEnvironment, hubEnvironment } from "../settings/hub_environment.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { lockFile } from "./file_lock.ts";

/** How far the reading is, over all files together. */
export interface DigestProgress {
  /** The file being read. */
  readonly path: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What {@linkcode digestFiles} takes from the world around it. */
export interface DigestOptions {
  readonly onProgress?: (progress: DigestProgress) => void;
  readonly signal?: AbortSignal;
  readonly environment?: Pick<HubEnvironment, "houqaCache">;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * File systems keep times in steps of up to two seconds (FAT), and Deno gives the time of the last
 * change of a file's record in whole seconds. A file younger than that could change once more and
 * look the same, so its digest is not kept.
 */
const UNSETTLED_MS = 3000;
/** Digests that are kept: those used last. */
const MOST_KEPT = 2000;

const indexSchema = z.object({
  schema: z.literal(1),
  /** By {@linkcode stampOf}; the most recently used ones last. */
  digests: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

/**
 * SHA-256 of files' contents, in hex, by the path given. A file that was read before and has not
 * been touched since (device, inode, size, both times) is not read again.
 * @throws {CannotContinueError} when a file changes while it is read.
 */
export async function digestFiles(
  paths: readonly string[],
  options: DigestOptions = {},
): Promise<Map<string, string>> {
  const { onProgress, signal, now = Date.now } = options;
  const folder = (options.environment ?? hubEnvironment()).houqaCache;
  const known = await readIndex(folder);
  const stats = new Map<string, Deno.FileInfo>();
  for (const path of paths) stats.set(path, await Deno.stat(path));
  const isKnown = (path: string) => known[stampOf(stats.get(path)!) ?? ""] !== undefined;
  const unknown = [...stats.keys()].filter((path) => !isKnown(path));
  const totalBytes = unknown.reduce((sum, path) => sum + stats.get(path)!.size, 0);

  const fresh: Record<string, string> = {};
  const digests = new Map<string, string>();
  let doneBytes = 0;
  for (const path of stats.keys()) {
    const before = stats.get(path)!;
    const stamp = stampOf(before);
    const startedMs = now();
    const digest = known[stamp ?? ""] ?? await hashFile(path, createHash("sha256"), {
      signal,
      onBytes(count) {
        doneBytes += count;
        onProgress?.({ path, doneBytes, totalBytes });
      },
    });
    digests.set(path, digest);
    if (stamp === undefined) continue;
    if (stampOf(await Deno.stat(path)) !== stamp) {
      throw new CannotContinueError(
        `${path} changed while it was read. Wait until it is complete, then run the command again.`,
      );
    }
    const changedMs = Math.max(before.mtime?.getTime() ?? 0, before.ctime?.getTime() ?? 0);
    if (startedMs - changedMs > UNSETTLED_MS) fresh[stamp] = digest;
  }
  // Known ones are written again only with new ones: their order is when they were last needed.
  if (Object.keys(fresh).some((stamp) => known[stamp] === undefined)) {
    await addToIndex(folder, fresh);
  }
  return digests;
}

/** Feeds a file to a hash; hex. */
export async function hashFile(
  path: string,
  hash: Hash,
  options: { readonly signal?: AbortSignal; readonly onBytes?: (count: number) => void } = {},
): Promise<string> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(4 * 1024 * 1024);
  for (;;) {
    options.signal?.throwIfAborted();
    const count = await file.read(buffer);
    if (count === null) return hash.digest("hex");
    hash.update(buffer.subarray(0, count));
    options.onBytes?.(count);
  }
}

/** What changes whenever a file's content does; undefined where the system can't tell files apart. */
function stampOf({ dev, ino, size, mtime, ctime }: Deno.FileInfo): string | undefined {
  if (!ino || mtime === null || !ctime) return undefined;
  return [dev, ino, size, mtime.getTime(), ctime.getTime()].join(":");
}

const indexPath = (folder: string) => join(folder, "digests.json");

/** The digests kept. An index that can't be read is as good as none: files are read again. */
async function readIndex(folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    return indexSchema.parse(JSON.parse(await Deno.readTextFile(indexPath(folder)))).digests;
  } catch {
    return {};
  }
}

/** Adds digests to the index. It only saves time, so a folder that can't be written is no error. */
async function addToIndex(folder: string, fresh: Readonly<Record<string, string>>): Promise<void> {
  const path = indexPath(folder);
  try {
    await Deno.mkdir(folder, { recursive: true });
    const lock = await lockFile(`${path}.lock`, { exclusive: true });
    try {
      const kept = Object.entries(await readIndex(folder)).filter(([stamp]) => !(stamp in fresh));
      const digests = Object.fromEntries([...kept, ...Object.entries(fresh)].slice(-MOST_KEPT));
      const temporary = `${path}.tmp`;
      try {
        await Deno.writeTextFile(temporary, JSON.stringify({ schema: 1, digests }, null, 1));
        await Deno.rename(temporary, path);
      } catch {
        await Deno.remove(temporary);
      }
    } finally {
      lock.release();
    }
  } catch {
    // The next command reads the files again.
  }
}
