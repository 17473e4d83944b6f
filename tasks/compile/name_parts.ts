/** What the bundler adds to the names of its files: a hash, also of the folders it worked in. */
const HASH = /-[0-9A-Z]{8}\.js$/;

/**
 * Gives the files of a bundle names that follow from what is in them alone: `part-012.js`, numbered in
 * the order in which the files name each other, from the first one on. The names inside are changed
 * too. Files that none of them names are left out.
 * @param files texts by file name, all of one folder.
 * @param entry name of the file that the bundle begins with.
 * @param entryName its new name.
 * @returns texts by new name, the entry first.
 * @throws {Error} when the entry is not among the files.
 */
export function nameParts(
  files: ReadonlyMap<string, string>,
  entry: string,
  entryName: string,
): Map<string, string> {
  if (!files.has(entry)) throw new Error(`The bundler wrote no ${entry}.`);
  const named = new RegExp(`(?<="\\./)(?:${[...files.keys()].map(escaped).join("|")})(?=")`, "g");
  const newNames = new Map([[entry, entryName]]);
  // A map's iterator also comes to what is added on the way.
  for (const name of newNames.keys()) {
    for (const [found] of files.get(name)!.matchAll(named)) {
      if (newNames.has(found)) continue;
      const number = String(newNames.size).padStart(3, "0");
      newNames.set(found, `${found.replace(HASH, "").replace(/^chunk$/, "part")}-${number}.js`);
    }
  }
  return new Map(
    [...newNames].map(([name, newName]) => [
      newName,
      files.get(name)!.replace(named, (found) => newNames.get(found)!),
    ]),
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
