import { z } from "zod";

/** A package of `deno.lock`. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Keys in the tree of what it needs here, optional ones for this platform included. */
  readonly needs: readonly string[];
  /** Whether npm would run scripts of it when it is installed. */
  readonly hasScripts: boolean;
}

/** A platform in npm's words. */
export interface NpmPlatform {
  readonly os: string;
  readonly cpu: string;
}

/** What the programs and archives are mostly made for; other platforms differ in native files only. */
export const AUDITED_PLATFORM: NpmPlatform = { os: "linux", cpu: "x64" };

const lockSchema = z.object({
  npm: z.record(
    z.string(),
    z.object({
      dependencies: z.array(z.string()).default([]),
      optionalDependencies: z.array(z.string()).default([]),
      os: z.array(z.string()).optional(),
      cpu: z.array(z.string()).optional(),
      scripts: z.boolean().default(false),
    }),
  ),
  workspace: z.object({ dependencies: z.array(z.string()) }),
  specifiers: z.record(z.string(), z.string()),
});

/**
 * The packages of a `deno.lock` that a platform uses, by `name@version`, and those that `deno.json`
 * names itself.
 */
export function readLockedTree(
  lockText: string,
  { os, cpu }: NpmPlatform = AUDITED_PLATFORM,
): { packages: ReadonlyMap<string, LockedPackage>; named: readonly string[] } {
  const { npm, workspace, specifiers } = lockSchema.parse(JSON.parse(lockText));
  const isHere = (key: string) => {
    const entry = npm[key]!;
    return (entry.os?.includes(os) ?? true) && (entry.cpu?.includes(cpu) ?? true) &&
      // Builds for the web declare no processor.
      !/(^|[-/])(wasm32|webcontainers)/.test(key);
  };
  const keys = Object.keys(npm);
  /** Without a version where the lock holds one only. */
  const find = (need: string) => keys.find((key) => key === need || nameOf(key) === need);
  const named = workspace.dependencies.flatMap((specifier) => {
    const version = specifiers[specifier];
    return version === undefined
      ? []
      : [find(`${nameOf(specifier.replace(/^npm:/, ""))}@${version}`) ?? []].flat();
  });
  const packages = new Map<string, LockedPackage>();
  const visit = (key: string) => {
    if (packages.has(key) || !isHere(key)) return;
    const { dependencies, optionalDependencies, scripts } = npm[key]!;
    const needs = [...dependencies, ...optionalDependencies].flatMap((need) => find(need) ?? [])
      .filter(isHere);
    packages.set(key, { ...splitKey(key), needs, hasScripts: scripts });
    needs.forEach(visit);
  };
  named.forEach(visit);
  return { packages, named };
}

/** A package and everything it needs, without what is left out and what only that needs. */
export function closureOf(
  roots: readonly string[],
  packages: ReadonlyMap<string, LockedPackage>,
  leftOut: (name: string) => boolean = () => false,
): Set<string> {
  const found = new Set<string>();
  const visit = (key: string) => {
    const one = packages.get(key);
    if (one === undefined || found.has(key) || leftOut(one.name)) return;
    found.add(key);
    one.needs.forEach(visit);
  };
  roots.forEach(visit);
  return found;
}

const nameOf = (key: string) => splitKey(key).name;

/** Behind the version stand the versions of packages that it expects beside it. */
function splitKey(key: string): { name: string; version: string } {
  const [, name = key, version = ""] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
  return { name, version };
}
