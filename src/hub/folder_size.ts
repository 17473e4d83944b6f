import { join } from "node:path";

/** One file below a folder. */
export interface FileBelow {
  /** With `/` between the parts, from the folder on. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** Every regular file below a folder, links left out. Files that vanish meanwhile are left out. */
export async function filesBelow(folder: string, prefix = ""): Promise<FileBelow[]> {
  const files: FileBelow[] = [];
  for (const entry of await readFolder(join(folder, prefix))) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) files.push(...await filesBelow(folder, `${path}/`));
    if (!entry.isFile) continue;
    const info = await Deno.stat(join(folder, path)).catch(unlessGone);
    if (info !== undefined) files.push({ path, sizeBytes: info.size });
  }
  return files;
}

/** Sum of the files' sizes in bytes. */
export function sumOfSizes(files: Iterable<{ readonly sizeBytes: number }>): number {
  let sum = 0;
  for (const { sizeBytes } of files) sum += sizeBytes;
  return sum;
}

/** What lies in a folder, by name; nothing when there is no such folder. */
export async function readFolder(folder: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    unlessGone(error);
    return [];
  }
}

/** For `catch`: undefined for a file that is not there, anything else is thrown again. */
export function unlessGone(error: unknown): undefined {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return;
  throw error;
}
