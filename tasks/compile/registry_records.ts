import { join } from "node:path";
import { lockedPackages } from "./vendored_files.ts";

/** A file that is written, not copied. */
export interface RegistryRecord {
  readonly path: string;
  readonly text: string;
}

/** What Deno keeps of a version; `deprecated` is not here, since it can be set later. */
const LASTING_KEYS = [
  "version",
  "bin",
  "dependencies",
  "bundleDependencies",
  "bundledDependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "os",
  "cpu",
  "libc",
  "scripts",
  "hasInstallScript",
  "dist",
];

/**
 * What the registry says of each locked package, from Deno's npm cache: without it Deno asks the
 * registry at every start. Only of the locked versions, with sorted keys and no times: Deno's own file
 * depends on when it was fetched, and its order on chance.
 * @param registry the cache's folder of the registry that they came from.
 */
export async function registryRecords(
  registry: string,
  lockText: string,
): Promise<RegistryRecord[]> {
  const locked = Map.groupBy(lockedPackages(lockText), ({ name }) => name);
  const records: RegistryRecord[] = [];
  for (const name of [...locked.keys()].sort()) {
    const path = `${name}/registry.json`;
    let text: string;
    try {
      text = await Deno.readTextFile(join(registry, path));
    } catch (error) {
      // Deno asks the registry there, in vain, and goes on.
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    const versions = new Set(locked.get(name)!.map(({ version }) => version));
    records.push({ path, text: lastingRecord(name, versions, text) });
  }
  return records;
}

function lastingRecord(name: string, versions: ReadonlySet<string>, text: string): string {
  const cached = JSON.parse(text) as { versions: Record<string, Record<string, unknown>> };
  const kept = Object.entries(cached.versions).filter(([version]) => versions.has(version)).map(
    ([version, entry]) => [
      version,
      Object.fromEntries(Object.entries(entry).filter(([key]) => LASTING_KEYS.includes(key))),
    ],
  );
  const record = {
    name,
    "dist-tags": {},
    versions: Object.fromEntries(kept),
    // Deno 2.9 fetches a file without it again.
    "_deno.packumentFormat": "full",
  };
  return JSON.stringify(record, (_, value) => isPlain(value) ? sortedKeys(value) : value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sortedKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
