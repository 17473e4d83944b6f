import { join } from "node:path";
import { BUNDLE_ENTRY } from "./bundle_entry_name.ts";
import { compileFlags } from "./compile_flags.ts";
import type { DenoProgram } from "./deno_program.ts";
import { runProgram } from "./run_program.ts";
import type { Permissions } from "../../src/build/task_permissions.ts";

/** What is compiled, by which Deno, for which machine. */
export interface CompileOptions {
  /** Folder, as `makeBundle` fills it. */
  readonly bundle: string;
  readonly deno: DenoProgram;
  /** Base of the program; undefined: that Deno downloads its own. */
  readonly denort?: string;
  readonly target: string;
  /** Folder of the program. */
  readonly out: string;
  readonly permissions: Permissions;
}

/**
 * Makes one program out of a bundle.
 * @returns its path.
 * @throws {Error} in Deno's words.
 */
export async function compileBinary(options: CompileOptions): Promise<string> {
  const { bundle, deno, denort, target, out, permissions } = options;
  const path = join(out, target.includes("windows") ? "houqa.exe" : "houqa");
  try {
    await runProgram(deno.path, [
      ...["compile", "--quiet", ...compileFlags(deno.version, permissions)],
      ...[`--target=${target}`, `--output=${path}`, join(bundle, BUNDLE_ENTRY)],
    ], { env: denort === undefined ? {} : { DENORT_BIN: denort } });
  } catch (error) {
    if (denort !== undefined) throw error;
    throw new Error(
      `${(error as Error).message}\nDeno ${deno.version} downloads its base for ${target} from ` +
        "dl.deno.land. Where that can't be reached, give a denort of that version with --denort, " +
        "or make only houqa.run, which needs none, with --form run.",
    );
  }
  return path;
}
