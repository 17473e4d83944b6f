import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import { type FileLock, isLockUnsupported, tryLockPassingFile } from "./file_lock.ts";
import { readFolder, unlessGone } from "./folder_size.ts";

/*
 * Beside a folder that is being made, <id> standing for its name:
 *   .houqa-export-<id>/        what there is of it so far
 *   .houqa-export-<id>.lock    held by the process that makes it, which deletes it at the end
 * A process that dies loses its lock, so what lies under a free one belongs to nobody.
 */
const PREFIX = ".houqa-export-";
const LEFTOVER = /^\.houqa-export-([0-9a-f]{16})(\.lock)?$/;

/**
 * Makes a folder that appears only when everything is in it. What killed processes left in the same
 * place is removed first, and what `fill` leaves behind when it throws.
 * @param folder a new or an empty one.
 * @param fill fills an empty folder beside it.
 * @throws what `fill` throws, if it is one of the errors that say what to do.
 * @throws {UsageError} while another process makes the same folder, and when something is in it.
 * @throws {CannotContinueError} when it can't be written.
 */
export async function makeFolder(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  try {
    await Deno.mkdir(dirname(folder), { recursive: true });
    await fillBeside(folder, fill);
  } catch (error) {
    const isKnown = error instanceof UsageError || error instanceof CannotContinueError ||
      error instanceof DOMException || error instanceof Deno.errors.NotCapable;
    if (isKnown) throw error;
    throw new CannotContinueError(`Can't write ${folder}: ${systemReason(error)}`, {
      cause: error,
    });
  }
}

async function fillBeside(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(folder);
  const id = createHash("sha256").update(basename(resolve(folder))).digest("hex").slice(0, 16);
  const own = join(parent, `${PREFIX}${id}`);
  const lock = await lockBeside(own);
  if (lock === "taken") {
    throw new UsageError(
      `Another process is writing ${folder}. Wait until it has finished, or give another --output.`,
    );
  }
  // Where there are no locks nobody can know whether a folder is still worked in: a name of its own.
  const temporary = lock === "unsupported" ? `${own}-${crypto.randomUUID()}` : own;
  try {
    if (lock !== "unsupported") await removeLeftovers(parent, id);
    if ((await readFolder(folder)).length > 0) {
      throw new UsageError(`${folder} is not empty. Give a new folder.`);
    }
    await Deno.mkdir(temporary);
    await fill(temporary);
    // An empty folder of that name gives way.
    await Deno.remove(folder).catch(() => {});
    await Deno.rename(temporary, folder);
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    if (lock !== "unsupported") await letGo(own, lock);
  }
}

/** Removes what dead processes left; an own leftover, whose lock the caller holds, too. */
async function removeLeftovers(parent: string, ownId: string): Promise<void> {
  await Deno.remove(join(parent, `${PREFIX}${ownId}`), { recursive: true }).catch(unlessGone);
  const ids = (await readFolder(parent)).map(({ name }) => LEFTOVER.exec(name)?.[1]);
  for (const id of new Set(ids)) {
    if (id === undefined || id === ownId) continue;
    const path = join(parent, `${PREFIX}${id}`);
    // Another user's can't be locked and is not ours to remove.
    const lock = await lockBeside(path).catch(() => "taken" as const);
    if (typeof lock === "string") continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
    await letGo(path, lock);
  }
}

async function lockBeside(path: string): Promise<FileLock | "taken" | "unsupported"> {
  try {
    return await tryLockPassingFile(`${path}.lock`) ?? "taken";
  } catch (error) {
    if (!isLockUnsupported(error)) throw error;
    await Deno.remove(`${path}.lock`).catch(() => {});
    return "unsupported";
  }
}

async function letGo(path: string, lock: FileLock): Promise<void> {
  await Deno.remove(`${path}.lock`).catch(() => {});
  lock.release();
}
