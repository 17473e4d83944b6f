import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { type HubEnvironment, hubEnvironment } from "../settings/hub_environment.ts";
import { needsRoom, systemErrorName, systemReason } from "../settings/system_reason.ts";
import { UsageError } from "../settings/usage_error.ts";
import {
  canonicalKey,
  exportFolderName,
  exportId,
  type ExportKey,
  exportKeySchema,
} from "./export_key.ts";
import { type FileLock, isLockUnsupported, lockFile, tryLockFile } from "./file_lock.ts";
import { filesBelow, readFolder, sumOfSizes, unlessGone } from "./folder_size.ts";

/*
 * Below `$HOUQA_CACHE/exports`:
 *   <name>-<dtype>-<id>/     a complete export, with cache_key.json in it
 *   .tmp-<id>-<random>/      one that is being made or removed
 *   .locks/<id>.make         held by the one who makes or removes that export
 *   .locks/<id>.use          held together by those who read it, alone by who removes it
 * A folder gets its real name by one rename when everything in it is on disk. A process that dies
 * loses its locks, so a temporary folder whose lock is free belongs to nobody.
 */

/** The file that marks an export and says what it was made from. */
const MARKER = "cache_key.json";

const markerSchema = z.object({
  schema: z.literal(1),
  key: exportKeySchema,
  created_at: z.iso.datetime(),
  /** Size in bytes of every file, by its path in the folder. */
  files: z.record(z.string(), z.number().int().nonnegative()),
});

/** An export that nobody removes until it is let go. */
export interface HeldExport {
  readonly folder: string;
  /** False when it was made by this call. */
  readonly wasCached: boolean;
  /** Lets it go; the end of the process does so too. Safe to call twice. */
  release(): void;
}

/** What {@linkcode withExport} takes from the world around it. */
export interface ExportOptions {
  readonly environment?: Pick<HubEnvironment, "houqaCache">;
  /** Ends the waiting for another process; `make` has to watch it by itself. */
  readonly signal?: AbortSignal;
  /** Called with a sentence when another process is at work on the same export. */
  readonly onWait?: (message: string) => void;
}

/** The folder that exports lie in. */
export function exportsFolder(environment: Pick<HubEnvironment, "houqaCache">): string {
  return resolve(environment.houqaCache, "exports");
}

/**
 * The export that belongs to a key: the one in the cache, else one made now. Two processes never
 * make the same one; the second waits and takes the first one's.
 * @param make fills an empty folder. What it leaves behind when it throws is removed.
 * @throws what `make` throws, or the signal's reason.
 * @throws {CannotContinueError} when the cache can't be written.
 */
export async function withExport(
  key: ExportKey,
  make: (temporaryFolder: string) => Promise<void>,
  options: ExportOptions = {},
): Promise<HeldExport> {
  const checked = exportKeySchema.parse(key);
  const root = exportsFolder(options.environment ?? hubEnvironment());
  const id = exportId(checked);
  const onWait = () =>
    options.onWait?.(
      `Another process is making ${exportFolderName(checked)}; waiting until it has finished.`,
    );
  const { signal } = options;
  const cached = await useExport(root, checked, signal);
  if (cached !== undefined) return { ...cached, wasCached: true };
  const making = await lock(root, id, "make", { exclusive: true, signal, onWait });
  try {
    const others = await useExport(root, checked, signal);
    if (others !== undefined) return { ...others, wasCached: true };
    await removeLeftovers(root, id);
    await makeExport(root, checked, make);
    const own = await useExport(root, checked, signal);
    if (own !== undefined) return { ...own, wasCached: false };
    throw new CannotContinueError(
      `${root} does not hold the export that was just made; try again.`,
    );
  } finally {
    making.release();
  }
}

/** A complete export of exactly this key, held; undefined: there is none. */
async function useExport(root: string, key: ExportKey, signal?: AbortSignal) {
  const held = await lockForUse(root, exportId(key), signal);
  let folder: string | undefined;
  try {
    folder = await findExport(root, key);
    if (folder === undefined) return undefined;
    await touch(folder);
    return { folder, release: () => held.release() };
  } finally {
    if (folder === undefined) held.release();
  }
}

/**
 * Keeps an export from being removed while it is read.
 * @param folder an export in the cache; any other folder is not ours to remove, and stays unlocked.
 * @returns lets it go; safe to call twice.
 */
export async function holdExport(
  folder: string,
  environment: Pick<HubEnvironment, "houqaCache"> = hubEnvironment(),
): Promise<() => void> {
  const root = exportsFolder(environment);
  const marker = resolve(dirname(folder)) === root ? await readMarker(folder) : undefined;
  if (marker === undefined) return () => {};
  const held = await lockForUse(root, exportId(marker.key));
  await touch(folder);
  return () => held.release();
}

/** One export in the cache. */
export interface ExportEntry {
  readonly folder: string;
  readonly key: ExportKey;
  readonly sizeBytes: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

/** Every complete export, the most recently used one first. */
export async function listExports(
  environment: Pick<HubEnvironment, "houqaCache"> = hubEnvironment(),
): Promise<ExportEntry[]> {
  const root = exportsFolder(environment);
  const entries: ExportEntry[] = [];
  for (const { name, isDirectory } of await readRoot(root)) {
    if (!isDirectory || name.startsWith(".")) continue;
    const folder = join(root, name);
    const marker = await readMarker(folder);
    const info = await Deno.stat(join(folder, MARKER)).catch(unlessGone);
    if (marker === undefined || info === undefined) continue;
    const createdAt = new Date(marker.created_at);
    entries.push({
      folder,
      key: marker.key,
      sizeBytes: sumOfSizes(await filesBelow(folder)),
      createdAt,
      lastUsedAt: info.mtime ?? createdAt,
    });
  }
  return entries.sort((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
}

/** Which exports {@linkcode pruneExports} removes: those that any of these names. */
export interface PruneOptions {
  /** Folders of exports, absolute. */
  readonly folders?: readonly string[];
  /** Not used for more than this many days. */
  readonly olderThanDays?: number;
  readonly all?: boolean;
  /** The least recently used ones, until the rest is no larger than this. */
  readonly maxBytes?: number;
  /** Only says what would be removed. */
  readonly dryRun?: boolean;
  readonly environment?: Pick<HubEnvironment, "houqaCache">;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What was removed and what was not. */
export interface PruneResult {
  readonly removed: readonly ExportEntry[];
  /** Would have been removed, but a process is reading them. */
  readonly inUse: readonly ExportEntry[];
  /** What killed processes had left behind, in bytes. */
  readonly leftoverBytes: number;
  /** Everything removed together, in bytes. */
  readonly freedBytes: number;
}

/**
 * Removes exports, and what killed processes left behind. An export that is in use stays.
 * @throws {UsageError} for a folder that is no export in the cache; nothing is removed then.
 * @throws {CannotContinueError} when a folder can't be removed.
 */
export async function pruneExports(options: PruneOptions): Promise<PruneResult> {
  const environment = options.environment ?? hubEnvironment();
  const root = exportsFolder(environment);
  const { dryRun = false, now = Date.now, folders = [] } = options;
  const removed: ExportEntry[] = [];
  const inUse: ExportEntry[] = [];
  const entries = await listExports(environment);
  const stranger = folders.find((folder) => !entries.some((entry) => entry.folder === folder));
  if (stranger !== undefined) {
    throw new UsageError(`${stranger} is no exported model in ${root}. See \`houqa cache list\`.`);
  }
  let restBytes = sumOfSizes(entries);
  const oldestMs = now() - (options.olderThanDays ?? Infinity) * 86_400_000;
  for (const entry of entries.toReversed()) {
    const isWanted = options.all || folders.includes(entry.folder) ||
      entry.lastUsedAt.getTime() < oldestMs ||
      restBytes > (options.maxBytes ?? Infinity);
    if (!isWanted) continue;
    if (await removeExport(root, entry, dryRun)) {
      removed.push(entry);
      restBytes -= entry.sizeBytes;
    } else inUse.push(entry);
  }
  const leftoverBytes = await removeLeftovers(root, undefined, dryRun);
  return { removed, inUse, leftoverBytes, freedBytes: sumOfSizes(removed) + leftoverBytes };
}

/** False when somebody is reading it. */
async function removeExport(root: string, entry: ExportEntry, dryRun: boolean): Promise<boolean> {
  const id = exportId(entry.key);
  const making = await tryAlone(root, id, "make");
  const use = making && await tryAlone(root, id, "use");
  try {
    if (use === undefined) return false;
    if (!dryRun) await orCannotWrite(entry.folder, () => discard(root, id, entry.folder));
    return true;
  } finally {
    use?.release();
    making?.release();
  }
}

async function makeExport(
  root: string,
  key: ExportKey,
  make: (temporaryFolder: string) => Promise<void>,
): Promise<void> {
  const id = exportId(key);
  const temporary = temporaryFolder(root, id);
  await orCannotWrite(root, () => Deno.mkdir(temporary));
  try {
    await make(temporary);
    await orCannotWrite(temporary, async () => {
      await finish(temporary, key);
      // Whatever stands under this id and was not taken is damaged.
      for (const damaged of await foldersOf(root, id)) await discard(root, id, damaged);
      await Deno.rename(temporary, join(root, exportFolderName(key)));
      await sync(root);
    });
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(unlessGone);
    throw error;
  }
}

/** Writes the marker, and sees to it that everything is on disk before the folder gets its name. */
async function finish(folder: string, key: ExportKey): Promise<void> {
  const files = await filesBelow(folder);
  const marker: z.input<typeof markerSchema> = {
    schema: 1,
    key,
    created_at: new Date().toISOString(),
    files: Object.fromEntries(files.map(({ path, sizeBytes }) => [path, sizeBytes])),
  };
  await Deno.writeTextFile(join(folder, MARKER), JSON.stringify(marker, null, 2) + "\n");
  for (const { path } of [...files, { path: MARKER }]) await sync(join(folder, path));
  await sync(folder);
}

/** Makes a file's bytes, or the names in a folder, durable. */
async function sync(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync().catch((error: Error & { code?: string }) => {
    // Some systems can't do this for folders; they do it with the files.
    if (error.code === "EIO" || error.code === "ENOSPC") throw error;
  });
}

/** The folder of a complete export of exactly this key. */
async function findExport(root: string, key: ExportKey): Promise<string | undefined> {
  for (const folder of await foldersOf(root, exportId(key))) {
    const marker = await readMarker(folder);
    if (marker === undefined || canonicalKey(marker.key) !== canonicalKey(key)) continue;
    const found = new Map(
      (await filesBelow(folder)).map(({ path, sizeBytes }) => [path, sizeBytes]),
    );
    if (Object.entries(marker.files).every(([path, size]) => found.get(path) === size)) {
      return folder;
    }
  }
  return undefined;
}

/** Folders under an id: at most one, unless somebody copied some. */
async function foldersOf(root: string, id: string): Promise<string[]> {
  const entries = await readRoot(root);
  return entries.filter(({ name }) => !name.startsWith(".") && name.endsWith(`-${id}`))
    .map(({ name }) => join(root, name));
}

/** What lies beside the exports. @throws {CannotContinueError} where this user may not look. */
async function readRoot(root: string): Promise<Deno.DirEntry[]> {
  try {
    return await readFolder(root);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    throw new CannotContinueError(
      `This user has no right to read ${root} (permission denied). Set HOUQA_CACHE to another folder.`,
      { cause: error },
    );
  }
}

/** Undefined, too, for an export that another user keeps to himself. */
async function readMarker(folder: string): Promise<z.infer<typeof markerSchema> | undefined> {
  const text = await Deno.readTextFile(join(folder, MARKER)).catch((error) => {
    if (!(error instanceof Deno.errors.PermissionDenied)) unlessGone(error);
  });
  if (text === undefined) return undefined;
  try {
    return markerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The marker's own time says when the export was last used. */
async function touch(folder: string): Promise<void> {
  const now = new Date();
  // A cache that may only be read serves its exports all the same.
  await Deno.utime(join(folder, MARKER), now, now).catch(() => {});
}

const temporaryFolder = (root: string, id: string) =>
  join(root, `.tmp-${id}-${crypto.randomUUID().slice(0, 8)}`);

/** Removes a folder so that at no moment half of it stands under its real name. */
async function discard(root: string, id: string, folder: string): Promise<void> {
  const temporary = temporaryFolder(root, id);
  await Deno.rename(folder, temporary);
  await Deno.remove(temporary, { recursive: true });
}

/**
 * Removes temporary folders that nobody is working on.
 * @param ownId an id whose lock for making the caller holds.
 * @returns their size in bytes.
 */
async function removeLeftovers(root: string, ownId?: string, dryRun = false): Promise<number> {
  let sizeBytes = 0;
  for (const { name } of await readRoot(root)) {
    const id = /^\.tmp-([0-9a-f]{16})-/.exec(name)?.[1];
    if (id === undefined) continue;
    const making = id === ownId ? undefined : await tryAlone(root, id, "make");
    if (id !== ownId && making === undefined) continue;
    try {
      sizeBytes += sumOfSizes(await filesBelow(join(root, name)));
      if (!dryRun) await Deno.remove(join(root, name), { recursive: true }).catch(unlessGone);
    } finally {
      making?.release();
    }
  }
  return sizeBytes;
}

/** Waits for a lock of an export. */
function lock(
  root: string,
  id: string,
  purpose: "make" | "use",
  options: Parameters<typeof lockFile>[1],
): Promise<FileLock> {
  return withLockFile(root, `${id}.${purpose}`, (path) => lockFile(path, options));
}

/**
 * The lock of one who reads. A read-only disk needs none, and in another user's cache none can be
 * taken: who removes the export then is found out when its files are opened.
 */
async function lockForUse(root: string, id: string, signal?: AbortSignal): Promise<FileLock> {
  try {
    return await lock(root, id, "use", { exclusive: false, signal });
  } catch (error) {
    const { cause } = error as Error;
    const isReadOnly = systemErrorName(cause) === "EROFS" ||
      cause instanceof Deno.errors.PermissionDenied;
    if (!isReadOnly) throw error;
    return { release() {} };
  }
}

/** A lock of an export, if nobody has it. */
function tryAlone(root: string, id: string, purpose: "make" | "use") {
  return withLockFile(root, `${id}.${purpose}`, (path) => tryLockFile(path, true));
}

async function withLockFile<T>(
  root: string,
  name: string,
  action: (path: string) => Promise<T>,
): Promise<T> {
  const folder = join(root, ".locks");
  await orCannotWrite(folder, () => Deno.mkdir(folder, { recursive: true }));
  try {
    return await action(join(folder, name));
  } catch (error) {
    const isDenied = error instanceof Deno.errors.PermissionDenied;
    if (isDenied || systemErrorName(error) !== undefined) {
      return await orCannotWrite(folder, () => Promise.reject(error));
    }
    if (!isLockUnsupported(error)) throw error;
    throw new CannotContinueError(
      `The file system of ${root} can't lock files (${(error as Error).message}). ` +
        "Set HOUQA_CACHE to a folder on a local disk.",
      { cause: error },
    );
  }
}

/** Turns what the system says about a folder into a sentence; a missing permission stays itself. */
async function orCannotWrite<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new CannotContinueError(
      `Can't write ${path}: ${systemReason(error)}. ` +
        (needsRoom(error) ? "Make room with `houqa cache prune`, or set " : "Set ") +
        "HOUQA_CACHE to another folder.",
      { cause: error },
    );
  }
}
