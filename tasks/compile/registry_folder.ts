import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the npm registry in Deno's cache, which lies above any package. */
export function registryFolder(): string {
  const path = fileURLToPath(import.meta.resolve("commander"));
  return path.slice(0, path.lastIndexOf(join("/", "commander", "/")));
}
