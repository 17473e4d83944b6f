import denoJson from "../../deno.json" with { type: "json" };
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
  for (const need of needs) {
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
  throw new UsageError(
    `The task "${task}" has no permission to ${what}. Run:\n  ${
      permittedCommand(denoJson.tasks[task].command, missing, args)
    }`,
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
    const value = quoteForShell(
      need.name === "net" ? need.host : need.name === "env" ? need.variable : need.path,
    );
    const present = new RegExp(`${flag}=(\\S+)`);
    extended = present.test(extended)
      ? extended.replace(present, (_, list) => `${flag}=${list},${value}`)
      : extended.replace("deno run", `deno run ${flag}=${value}`);
  }
  return [extended, ...args.map(quoteForShell)].join(" ");
}
