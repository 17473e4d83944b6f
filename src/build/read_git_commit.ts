import { isAbsolute, join } from "node:path";

/**
 * The commit that a working tree stands at, read from Git's own files (gitrepository-layout(5)), so
 * that no program has to be run. Undefined where there is no repository, it is kept in another way,
 * or this process may not read it.
 */
export function readGitCommit(folder: string): string | undefined {
  try {
    const gitFolder = gitFolderOf(folder);
    const head = read(join(gitFolder, "HEAD"));
    const ref = /^ref: (.+)$/.exec(head)?.[1];
    const commit = ref === undefined ? head : resolve(commonFolderOf(gitFolder), ref);
    return commit !== undefined && /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined;
  } catch {
    return undefined;
  }
}

function read(path: string): string {
  return Deno.readTextFileSync(path).trim();
}

/** In a further working tree, `.git` is a file that names the folder. */
function gitFolderOf(folder: string): string {
  const path = join(folder, ".git");
  if (Deno.statSync(path).isDirectory) return path;
  const named = /^gitdir: (.+)$/.exec(read(path))![1]!;
  return isAbsolute(named) ? named : join(folder, named);
}

/** Branches are kept where all working trees find them. */
function commonFolderOf(gitFolder: string): string {
  try {
    const named = read(join(gitFolder, "commondir"));
    return isAbsolute(named) ? named : join(gitFolder, named);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return gitFolder;
  }
}

function resolve(common: string, ref: string): string | undefined {
  try {
    return read(join(common, ref));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const packed = read(join(common, "packed-refs")).split("\n");
    return packed.find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
  }
}
