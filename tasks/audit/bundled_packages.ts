import { join } from "node:path";
import { makeReadableBundle, ROOT } from "../compile/make_bundle.ts";
import { makeBuildRecord } from "../compile/make_build_record.ts";
import { importedNames } from "./imported_names.ts";
import { closureOf, type LockedPackage } from "./locked_tree.ts";

/** Its files lie beside the programs; what its JavaScript for Node.js needs is not bundled. */
const NATIVE = "onnxruntime-node";
/** Of scripts that run when it is installed only. */
const LEFT_OUT = new Set(["adm-zip", "global-agent"]);
/** Its scripts are bundled on their own, into the page that reports are made of. */
const PAGE = join(ROOT, "src", "report", "html", "page");

/**
 * Keys of the packages that become part of the programs: those that the bundler puts in, what they
 * have put into themselves already, and the native runtime.
 */
export async function bundledPackages(
  packages: ReadonlyMap<string, LockedPackage>,
): Promise<Set<string>> {
  const names = await importedNames(PAGE);
  const roots = [...packages].filter(([, { name }]) => name === NATIVE || names.has(name))
    .map(([key]) => key);
  return closureOf(
    [...await keysInBundle(), ...roots],
    packages,
    (name) => LEFT_OUT.has(name) || name.startsWith("@types/"),
  );
}

/** From the comments that the bundler writes above each module. */
async function keysInBundle(): Promise<Set<string>> {
  // Where compile writes too: the one folder besides THIRD_PARTY.md that the task may write in.
  const dist = join(ROOT, "dist");
  await Deno.mkdir(dist, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: dist, prefix: "audit-" });
  try {
    const path = join(folder, "houqa.js");
    await makeReadableBundle(path, folder, await makeBuildRecord(ROOT));
    return bundledKeys(await Deno.readTextFile(path));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `name@version` of the packages whose modules stand in a readable bundle. */
export function bundledKeys(bundle: string): Set<string> {
  const modules = bundle.matchAll(
    /^\/\/ .*\/npm\/[^/\n]+\/((?:@[^/\n]+\/)?[^/\n]+)\/([^/\n]+)\//gm,
  );
  return new Set([...modules].map(([, name, version]) => `${name}@${version}`));
}
