import { dirname, join, relative } from "node:path";
import { filesBelow, readFolder, sumOfSizes, unlessGone } from "./folder_size.ts";

/*
 * The layout of Python's huggingface_hub, so that both find each other's models:
 *   models--Org--Name/refs/<branch or tag>         holds the commit
 *   models--Org--Name/snapshots/<commit>/<path>    links to
 *   models--Org--Name/blobs/<etag>                 the bytes
 *   models--Org--Name/.no_exist/<commit>/<path>    the commit is known not to have that file
 *   .locks/models--Org--Name/<etag>.lock           held while a blob is written
 * Where links can't be made, the bytes lie in snapshots themselves.
 */

/** One model in the Hugging Face cache. */
export class HubCacheRepo {
  readonly folder: string;
  readonly #locks: string;

  constructor(hubCache: string, readonly repo: string) {
    const name = `models--${repo.replaceAll("/", "--")}`;
    this.folder = join(hubCache, name);
    this.#locks = join(hubCache, ".locks", name);
  }

  snapshot(commit: string): string {
    return join(this.folder, "snapshots", commit);
  }

  pointer(commit: string, path: string): string {
    return join(this.snapshot(commit), path);
  }

  blob(etag: string): string {
    return join(this.folder, "blobs", etag);
  }

  lock(etag: string): string {
    return join(this.#locks, `${etag}.lock`);
  }

  /** The commit that a revision stood for when it was downloaded last; undefined: never. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (/^[0-9a-f]{40}$/.test(revision)) return revision;
    const text = await Deno.readTextFile(join(this.folder, "refs", revision)).catch(unlessGone);
    const commit = text?.trim() ?? "";
    return /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
  }

  /** Remembers which commit a revision stands for. */
  async setCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const path = join(this.folder, "refs", revision);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, commit);
  }

  /** True where the file itself is there, not only a link to nothing. */
  async has(commit: string, path: string): Promise<boolean> {
    return (await Deno.stat(this.pointer(commit, path)).catch(unlessGone))?.isFile ?? false;
  }

  /** True where the commit is known not to have such a file. */
  async isKnownAbsent(commit: string, path: string): Promise<boolean> {
    const marker = join(this.folder, ".no_exist", commit, path);
    return (await Deno.stat(marker).catch(unlessGone)) !== undefined;
  }

  /** Remembers that the commit has no such file. */
  async setAbsent(commit: string, path: string): Promise<void> {
    const marker = join(this.folder, ".no_exist", commit, path);
    await Deno.mkdir(dirname(marker), { recursive: true });
    await Deno.writeTextFile(marker, "");
  }

  /**
   * Makes a blob known under its path in a snapshot: by a relative link, or, where none can be
   * made, as Python does it: a new blob is moved there, one that was there is copied.
   */
  async expose(etag: string, commit: string, path: string, isNew: boolean): Promise<void> {
    const blob = this.blob(etag);
    const pointer = this.pointer(commit, path);
    await Deno.mkdir(dirname(pointer), { recursive: true });
    await Deno.remove(pointer).catch(unlessGone);
    try {
      await Deno.symlink(relative(dirname(pointer), blob), pointer);
      return;
    } catch {
      // The file system has no links, or Deno makes none: it does so only where all files may be
      // read and written, whatever the link's own place.
    }
    if (isNew) await Deno.rename(blob, pointer);
    else await Deno.link(blob, pointer).catch(() => Deno.copyFile(blob, pointer));
  }
}

/** A model in the Hugging Face cache, for people. */
export interface HubCacheEntry {
  /** "Org/Name". */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** Every model in the Hugging Face cache, by name. */
export async function listHubCache(hubCache: string): Promise<HubCacheEntry[]> {
  const entries: HubCacheEntry[] = [];
  for (const { name, isDirectory } of await readFolder(hubCache)) {
    if (!isDirectory || !name.startsWith("models--")) continue;
    const path = join(hubCache, name);
    entries.push({
      name: name.slice("models--".length).replaceAll("--", "/"),
      path,
      sizeBytes: sumOfSizes(await filesBelow(path)),
    });
  }
  return entries;
}
