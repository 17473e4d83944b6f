import { PATH_KINDS } from "../../src/build/narrow_permissions.ts";
import { isAtLeast } from "./deno_program.ts";
import { PERMISSION_KINDS, type Permissions } from "../../src/build/task_permissions.ts";

/** Known to have `--ignore-env`; without it, reading a variable that is not allowed is an error. */
const IGNORES_ENV = "2.9.0";
/**
 * The flags of `deno compile` for a bundle, by the version of the Deno that compiles it.
 *
 * A compiled program's relative paths count from the folder it is run in, and neither its own folder
 * nor the caches are known beforehand: reading, writing and native libraries are allowed below `/`,
 * which the program gives back as soon as it starts (src/build/narrow_permissions.ts). That works for
 * a path only, not for a flag without one. The rest is as the tasks have it.
 */
export function compileFlags(version: string, permissions: Permissions): string[] {
  const flags = ["--no-check", "--no-config", "--no-npm", "--no-remote", "--cached-only"];
  // The cache would be a file in TMPDIR.
  flags.push("--no-code-cache", "--no-prompt");
  // For src/device/collect_garbage.ts: Deno 2.4 has no other way to the collector.
  flags.push("--v8-flags=--expose-gc");
  for (const kind of PERMISSION_KINDS) {
    const list = permissions.allowed[kind];
    if (list === undefined) continue;
    if ((PATH_KINDS as readonly string[]).includes(kind)) flags.push(`--allow-${kind}=/`);
    else if (list === true) flags.push(`--allow-${kind}`);
    else flags.push(`--allow-${kind}=${list.join(",")}`);
  }
  if (permissions.ignoresEnv && isAtLeast(version, IGNORES_ENV)) flags.push("--ignore-env");
  return flags;
}
