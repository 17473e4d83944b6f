import { join } from "node:path";
import type { BuildRecord } from "../../src/build/build_record.ts";
import { pinnedVersion } from "../../src/build/pinned_version.ts";
import { hashFile } from "../../src/device/hash_file.ts";
import type { RuntimeFile } from "./runtime_files.ts";
import { runProgram } from "./run_program.ts";

/** Packages that answers depend on. */
const PACKAGES = [
  "@huggingface/tokenizers",
  "@huggingface/jinja",
  "onnxruntime-node",
  "onnxruntime-web",
] as const;

/**
 * What a bundle of the sources in this folder will say that it was made from.
 * @param runtimes files that will lie beside it, by Deno's target.
 */
export async function makeBuildRecord(
  root: string,
  runtimes: Readonly<Record<string, readonly RuntimeFile[]>> = {},
): Promise<BuildRecord> {
  const commit = await describeCommit(root);
  return {
    ...(commit === undefined ? {} : { commit }),
    bundledBy: Deno.version.deno,
    lockSha256: await hashFile(join(root, "deno.lock")),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, pinnedVersion(name)])),
    runtimeBytes: Object.fromEntries(
      await Promise.all(
        Object.entries(runtimes).map(async ([target, files]) => [target, await sizesOf(files)]),
      ),
    ),
  };
}

async function sizesOf(files: readonly RuntimeFile[]): Promise<Record<string, number>> {
  const sizes = files.map(async ({ name, source }) => [name, (await Deno.stat(source)).size]);
  return Object.fromEntries(await Promise.all(sizes));
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
