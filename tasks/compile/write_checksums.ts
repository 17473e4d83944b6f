import { join } from "node:path";
import { hashFile } from "../../src/device/hash_file.ts";

/** Name of the list, as `sha256sum -c` reads it. */
export const CHECKSUMS = "SHA256SUMS";

/** Writes SHA256SUMS over every other file in a folder and below it, in the order of their paths. */
export async function writeChecksums(folder: string): Promise<void> {
  const paths = (await filesBelow(folder)).filter((path) => path !== CHECKSUMS).sort();
  const lines: string[] = [];
  for (const path of paths) lines.push(`${await hashFile(join(folder, path))}  ${path}\n`);
  await Deno.writeTextFile(join(folder, CHECKSUMS), lines.join(""));
}

/** Paths from the folder, with slashes. */
export async function filesBelow(folder: string, within = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, within))) {
    const path = within === "" ? name : `${within}/${name}`;
    if (isDirectory) paths.push(...await filesBelow(folder, path));
    else paths.push(path);
  }
  return paths;
}
