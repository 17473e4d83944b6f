import { join } from "node:path";
import { filesBelow } from "./write_checksums.ts";

/** The platform that an archive is for, as `Deno.build` names it. */
export interface VendorPlatform {
  readonly os: string;
  readonly arch: string;
}

/** Folders of npm's `onnxruntime-node`, by the names of `Deno.build`. */
const NATIVE_NAMES: Readonly<Record<string, string>> = {
  windows: "win32",
  x86_64: "x64",
  aarch64: "arm64",
};

/** Name and version of every package in the text of a `deno.lock`, each once. */
export function lockedPackages(lockText: string): { name: string; version: string }[] {
  const { npm } = JSON.parse(lockText) as { npm: Record<string, unknown> };
  const packages = Object.keys(npm).map((key) => {
    // Behind the version stand the versions of packages that it expects beside it.
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key)!;
    return { name: name!, version: version! };
  });
  const unique = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.values()];
}

/** Whether houqa needs a file of a package there; most of the size is for other platforms. */
export function isNeeded(path: string, { os, arch }: VendorPlatform): boolean {
  if (/\.map$/.test(path)) return false;
  const native = /^onnxruntime-node\/[^/]+\/bin\/[^/]+\/([^/]+)\/([^/]+)\//.exec(path);
  if (native !== null) {
    return native[1] === (NATIVE_NAMES[os] ?? os) && native[2] === (NATIVE_NAMES[arch] ?? arch);
  }
  return !/^onnxruntime-web\/.*\.(jsep|jspi)\./.test(path);
}

/**
 * Paths of the files of all locked packages in Deno's npm cache, in a settled order.
 * @param registry the cache's folder of the registry that they came from.
 * @throws {Error} when a package that is not for another platform is missing.
 */
export async function vendoredFiles(
  registry: string,
  lockText: string,
  platform: VendorPlatform = Deno.build,
): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, version } of lockedPackages(lockText)) {
    let files: string[];
    try {
      files = await filesBelow(join(registry, name, version));
    } catch (error) {
      // Not fetched, because it is optional or only for another platform: Deno does the same there.
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    paths.push(...files.map((file) => `${name}/${version}/${file}`));
  }
  return paths.filter((path) => isNeeded(path, platform)).sort();
}
