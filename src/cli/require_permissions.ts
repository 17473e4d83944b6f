import denoJson from "../../deno.json" with { type: "json" };
import { buildForm } from "../build/build_form.ts";
import { quoteForShell } from "../settings/quote_for_shell.ts";
import { UsageError } from "../settings/usage_error.ts";

/** Something a command will need: a host, a path to read or write, a variable, native libraries. */
export type Need =
  | { readonly name: "env"; readonly variable: string }
  | { readonly name: "net"; readonly host: string }
  | { readonly name: "ffi" }
  | { readonly name: "read" | "write"; readonly path: string };

/**
 * Looks ahead, so that a permission that is missing is found before anything was started.
 * @param task whose permissions the printed command starts from.
 * @param args what the user typed after the task's name.
 * @throws {UsageError} with the exact command that has the permission.
 */
export async function requirePermissions(
  needs: readonly Need[],
  task: keyof typeof denoJson.tasks,
  args: readonly string[],
): Promise<void> {
  const missing: Need[] = [];
  const known = new Set<string>();
  for (const need of needs) {
    const key = JSON.stringify(need);
    if (known.has(key)) continue;
    known.add(key);
    if ((await Deno.permissions.query(need)).state !== "granted") missing.push(need);
  }
  if (missing.length === 0) return;
  const what = missing.map((need) =>
    need.name === "net"
      ? `connect to ${need.host}`
      : need.name === "ffi"
      ? "load native libraries"
      : need.name === "env"
      ? `read the variable ${need.variable}`
      : `${need.name} ${need.path}`
  ).join(" and ");
  const form = buildForm();
  throw new UsageError(
    form === "sources"
      ? `The task "${task}" has no permission to ${what}. Run:\n  ${
        permittedCommand(denoJson.tasks[task].command, missing, args)
      }`
      : `${
        form === "binary" ? "The compiled houqa" : "houqa.run"
      } has no permission to ${what}. Run:\n  ${permittedScript(missing, Deno.args)}`,
  );
}

/** The task's own command with the missing permissions added. */
function permittedCommand(
  command: string,
  missing: readonly Need[],
  args: readonly string[],
): string {
  let extended = command;
  for (const need of missing) {
    const flag = `--allow-${need.name}`;
    if (need.name === "ffi") {
      extended = extended.replace("deno run", `deno run ${flag}`);
      continue;
    }
    const value = quoteForShell(valueOf(need));
    const present = new RegExp(`${flag}=(\\S+)`);
    extended = present.test(extended)
      ? extended.replace(present, (_, list) => `${flag}=${list},${value}`)
      : extended.replace("deno run", `deno run ${flag}=${value}`);
  }
  return [extended, ...args.map(quoteForShell)].join(" ");
}

/**
 * The self-extracting form, which takes further permissions in front of the command; those of a
 * compiled program are settled when it is compiled.
 */
export function permittedScript(missing: readonly Need[], args: readonly string[]): string {
  const flags = missing.map((need) =>
    need.name === "ffi" ? "--allow-ffi" : `--allow-${need.name}=${valueOf(need)}`
  );
  return ["houqa.run", ...[...flags, ...args].map(quoteForShell)].join(" ");
}

/** What a permission is for, as the flag names it. */
function valueOf(need: Exclude<Need, { readonly name: "ffi" }>): string {
  return need.name === "net" ? need.host : need.name === "env" ? need.variable : need.path;
}
