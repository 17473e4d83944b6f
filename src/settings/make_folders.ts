import { dirname } from "node:path";

/**
 * Makes a folder and those above it.
 * @throws {Deno.errors.NotFound} naming a link on the way that leads nowhere, of which the system
 * says only that something exists.
 * @throws the system's own error otherwise.
 */
export async function makeFolders(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    const link = await linkToNothing(folder);
    if (link === undefined) throw error;
    throw new Deno.errors.NotFound(describeLink(link));
  }
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
