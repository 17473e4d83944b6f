import { dirname } from "node:path";

/**
 * Makes a folder and those above it.
 * @returns those that were not there, the deepest first.
 * @throws {Deno.errors.NotFound} naming a link on the way that leads nowhere, of which the system
 * says only that something exists.
 * @throws the system's own error otherwise.
 */
export async function makeFolders(folder: string): Promise<string[]> {
  try {
    const made: string[] = [];
    for (let at = folder; at !== dirname(at) && !await isThere(at); at = dirname(at)) made.push(at);
    await Deno.mkdir(folder, { recursive: true });
    return made;
  } catch (error) {
    const link = await linkToNothing(folder);
    if (link === undefined) throw error;
    throw new Deno.errors.NotFound(describeLink(link));
  }
}

/** Removes folders that were made and hold nothing. @param made the deepest first. */
export async function removeEmptyFolders(made: readonly string[]): Promise<void> {
  for (const folder of made) {
    // One that holds something stays, and those above it with it.
    if (!await Deno.remove(folder).then(() => true, () => false)) return;
  }
}

/** What may not be looked at is not known to be missing. */
function isThere(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, (error) => !(error instanceof Deno.errors.NotFound));
}

/** A link that leads nowhere. */
export interface LinkToNothing {
  readonly path: string;
  /** What it names, as it was written. */
  readonly target: string;
}

/** A folder's path, or the nearest part above it, that is a link to something that is not there. */
export async function linkToNothing(folder: string): Promise<LinkToNothing | undefined> {
  for (let at = folder;; at = dirname(at)) {
    const info = await Deno.lstat(at).catch(() => undefined);
    if (info?.isSymlink && await Deno.stat(at).then(() => false, () => true)) {
      const target = await Deno.readLink(at).catch(() => undefined);
      return target === undefined ? undefined : { path: at, target };
    }
    if (info !== undefined || at === dirname(at)) return undefined;
  }
}

/** The sentence about it, without its full stop. */
export function describeLink({ path, target }: LinkToNothing): string {
  return `${path} is a link to ${target}, which is not there: make that folder, or remove the link`;
}
