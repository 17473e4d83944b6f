import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import type { BuildRecord } from "../../src/build/build_record.ts";
import { hashFile } from "../../src/device/hash_file.ts";
import { runProgram } from "./run_program.ts";

/** Packages of which files lie beside the program, and whose versions it could not tell otherwise. */
const PACKAGES = ["@huggingface/transformers", "onnxruntime-node", "onnxruntime-web"] as const;

/** What a bundle of the sources in this folder will say that it was made from. */
export async function makeBuildRecord(root: string): Promise<BuildRecord> {
  const commit = await describeCommit(root);
  return {
    ...(commit === undefined ? {} : { commit }),
    bundledBy: Deno.version.deno,
    lockSha256: await hashFile(join(root, "deno.lock")),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, pinnedVersion(name)])),
  };
}

/** The version that deno.json pins a package to. */
export function pinnedVersion(name: keyof typeof denoJson.imports): string {
  const found = /^npm:@?[^@]+@([^/]+)/.exec(denoJson.imports[name])?.[1];
  if (found === undefined) throw new Error(`deno.json pins no version of ${name}.`);
  return found;
}

/** Sources may come without Git, e.g. as an archive. */
async function describeCommit(root: string): Promise<string | undefined> {
  try {
    const commit = await runProgram("git", ["rev-parse", "HEAD"], { cwd: root });
    const changes = await runProgram("git", ["status", "--porcelain"], { cwd: root });
    return commit.trim() + (changes === "" ? "" : "+");
  } catch {
    return undefined;
  }
}
