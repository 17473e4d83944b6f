/**
 * The file that a path's last part is a link to, without any links; undefined where that part is no
 * link, or one to nothing. Links in the folders before it are left alone: Deno judges permissions by
 * the path that is named, so what is written in a folder has to be written under that folder's name.
 */
export async function linkedFile(path: string): Promise<string | undefined> {
  const at = await Deno.lstat(path).catch(() => undefined);
  return at?.isSymlink ? await Deno.realPath(path).catch(() => undefined) : undefined;
}
