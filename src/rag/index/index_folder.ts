import { join } from "node:path";
import { syncFolder, writeAtomically } from "../../eval/write_atomically.ts";
import { readFolder, unlessGone } from "../../hub/folder_size.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { needsRoom, systemReason } from "../../settings/system_reason.ts";
import { type BuildLock, lockForBuilding } from "./build_lock.ts";
import {
  formatManifest,
  INDEX_FILES,
  type IndexManifest,
  MANIFEST_NAME,
} from "./index_manifest.ts";
import { refuseForeignIndexFolder } from "./refuse_foreign_index_folder.ts";

/*
 * In the folder of an index:
 *   manifest.json       names the folder of the parts; put in its place by one rename
 *   index-<random>/     the parts
 *   .build-<random>/    one that is being built
 *   .build.lock         held by the one who builds
 * A rename can't put a folder in the place of one that holds something, so the parts get a folder
 * of their own each time, and the manifest alone says which of them is the index.
 */

const BUILDING = /^\.build-[0-9a-f]{8}$/;
const PARTS = /^index-[0-9a-f]{8}$/;
/** What SQLite may leave beside its file when it is killed. */
const PART_FILES = new RegExp(`^(${INDEX_FILES.join("|")})(-journal|-wal|-shm)?$`);

/** The right to build in a folder, and the place to do it in. */
export interface BuildFolder {
  /** Empty, and removed unless it is committed. */
  readonly temporary: string;
  /** What the manifest must call the folder of the parts. */
  readonly name: string;
  /** Puts the new index in the place of the old one, in one step. */
  commit(manifest: IndexManifest): Promise<void>;
  /** Removes what was not committed, new folders included, and lets others build. */
  release(): Promise<void>;
}

/** How to wait for another build. */
export interface BuildFolderOptions {
  readonly signal?: AbortSignal;
  /** Called with a sentence when another process is building in the same folder. */
  readonly onWait?: (message: string) => void;
}

/**
 * Takes a folder for building, waits for another build to end, and removes what killed ones left.
 * @throws {UsageError} for a folder with somebody else's files; nothing is written then.
 * @throws {CannotContinueError} when the folder can't be written.
 */
export async function openBuildFolder(
  folder: string,
  { signal, onWait }: BuildFolderOptions = {},
): Promise<BuildFolder> {
  await refuseForeignIndexFolder(folder);
  return await orCannotWrite(folder, async () => {
    const lock = await lockForBuilding(folder, {
      signal,
      onWait: () =>
        onWait?.(`Another process is building ${folder}; waiting until it has finished.`),
    });
    try {
      await removeLeftovers(folder);
      const random = crypto.randomUUID().slice(0, 8);
      const temporary = join(folder, `.build-${random}`);
      await Deno.mkdir(temporary);
      return buildFolder(folder, temporary, `index-${random}`, lock);
    } catch (error) {
      await lock.undo();
      throw error;
    }
  });
}

function buildFolder(
  folder: string,
  temporary: string,
  name: string,
  lock: BuildLock,
): BuildFolder {
  let isCommitted = false;
  return {
    temporary,
    name,
    async commit(manifest) {
      await orCannotWrite(folder, async () => {
        await syncFolder(temporary);
        await Deno.rename(temporary, join(folder, name));
        await syncFolder(folder);
        await writeAtomically(join(folder, MANIFEST_NAME), [formatManifest(manifest)]);
      });
      isCommitted = true;
      // The new index stands; what can't be removed now goes with the next build.
      await removeLeftovers(folder).catch(() => {});
    },
    async release() {
      await Deno.remove(temporary, { recursive: true }).catch(() => {});
      if (isCommitted) lock.release();
      else await lock.undo();
    },
  };
}

/** Removes what is neither the index nor being read: only its builder, who holds the lock, may. */
async function removeLeftovers(folder: string): Promise<void> {
  const current = await currentParts(folder);
  for (const { name, isDirectory } of await readFolder(folder)) {
    const isOld = PARTS.test(name) && name !== current;
    if (!isDirectory || !(BUILDING.test(name) || isOld)) continue;
    // A folder of that name that holds anything else is somebody else's.
    const inside = await readFolder(join(folder, name));
    if (inside.some((one) => !isOwnFile(one.name, BUILDING.test(name)))) continue;
    await Deno.remove(join(folder, name), { recursive: true }).catch(unlessGone);
  }
}

/** While an index is being built, its sorted runs lie beside its parts. */
function isOwnFile(name: string, isBuilding: boolean): boolean {
  return PART_FILES.test(name) || isBuilding && /^run-\d+$/.test(name);
}

/**
 * The folder that the manifest names, whatever else is wrong with it.
 * @throws what the system says, when the manifest is there and can't be read.
 */
async function currentParts(folder: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(join(folder, MANIFEST_NAME));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    const { folder: name } = JSON.parse(text);
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Turns what the system says about a folder into a sentence; a missing permission stays itself. */
export async function orCannotWrite<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isWriteError(error)) throw error;
    throw new CannotContinueError(
      `Can't write the index ${folder}: ${systemReason(error)}. An index that was there before ` +
        `still works. ${
          needsRoom(error) ? "Make room, or name" : "Name"
        } another folder with --out.`,
      { cause: error },
    );
  }
}

/** True for what the system or SQLite says when a file can't be written. */
function isWriteError(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) return false;
  const { code } = error as { code?: unknown };
  // Deno gives some of the system's errors no code, only their number.
  return typeof code === "string" && /^E[A-Z]+$|^ERR_SQLITE_ERROR$/.test(code) ||
    /\(os error \d+\)$/.test(error.message);
}
