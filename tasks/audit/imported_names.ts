import { join } from "node:path";
import { filesBelow } from "../compile/write_checksums.ts";

/** Names of the packages that the modules below a folder import; those for tests are left out. */
export async function importedNames(folder: string): Promise<Set<string>> {
  const names = new Set<string>();
  for (const path of await filesBelow(folder)) {
    if (!path.endsWith(".ts") || /_(test|double|checks)[^/]*\.ts$/.test(path)) continue;
    const text = await Deno.readTextFile(join(folder, path));
    for (const name of packageNames(text)) names.add(name);
  }
  return names;
}

/** Names in `from "name"`, `from "name/part"` and `import("name")`. */
export function packageNames(text: string): string[] {
  const found = text.matchAll(
    /(?:\bfrom\s|\bimport\(\s*)"(@[^/":]+\/[^/":]+|[^@./":][^/":]*)(?:\/[^"]*)?"/g,
  );
  return [...found].map(([, name]) => name!);
}
