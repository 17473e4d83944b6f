/** For tests: a machine made of texts. */
import type { SystemFiles } from "./system_files.ts";

/** Lays out files by their absolute paths; folders follow from them. */
export function fakeSystemFiles(texts: Readonly<Record<string, string>>): SystemFiles {
  const paths = Object.keys(texts);
  return {
    readText: (path) => texts[path],
    list(folder) {
      const inside = paths.filter((path) => path.startsWith(`${folder}/`));
      if (inside.length === 0) return undefined;
      return [...new Set(inside.map((path) => path.slice(folder.length + 1).split("/")[0]!))];
    },
    canWrite: () => true,
  };
}

/** A machine that nobody may look at. */
export const FORBIDDEN_FILES: SystemFiles = {
  readText: (path) => forbid(path),
  list: (path) => forbid(path),
  canWrite: () => undefined,
};

function forbid(path: string): never {
  throw new Deno.errors.NotCapable(
    `Requires all access to "${path}", run again with the --allow-all flag`,
  );
}
