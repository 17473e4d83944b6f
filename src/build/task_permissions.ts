import denoJson from "../../deno.json" with { type: "json" };
import { commandWords, houqaCall } from "./command_words.ts";

/** Deno's kinds of permission that houqa's tasks name. */
export const PERMISSION_KINDS = ["read", "write", "net", "env", "sys", "ffi"] as const;
/** One of the {@linkcode PERMISSION_KINDS}. */
export type PermissionKind = (typeof PERMISSION_KINDS)[number];

/** What a command line of Deno allows. */
export interface Permissions {
  /** By kind: true = everything; a kind that is not there is not allowed. */
  readonly allowed: Readonly<Partial<Record<PermissionKind, true | readonly string[]>>>;
  /** True: variables that are not allowed count as not set, instead of ending the program. */
  readonly ignoresEnv: boolean;
}

/** A task's command of deno.json that runs main.ts. */
export interface CommandTask {
  /** houqa's command, e.g. "eval"; undefined for the task that runs any. */
  readonly command?: string;
  readonly permissions: Permissions;
}

/**
 * The permissions of every task that runs houqa.
 * @throws {Error} for a permission that is not known here, or a second call, so that none gets lost.
 */
export function commandTasks(
  tasks: Readonly<Record<string, { readonly command: string }>> = denoJson.tasks,
): CommandTask[] {
  return Object.values(tasks).flatMap((task) => {
    const call = houqaCall(task.command);
    if (call === undefined) return [];
    const [command] = call.words;
    return [{
      ...(command === undefined ? {} : { command }),
      permissions: parsePermissions(call.deno),
    }];
  });
}

/** Reads the permissions out of a `deno run …` line. */
export function parsePermissions(line: string): Permissions {
  const allowed: Partial<Record<PermissionKind, true | string[]>> = {};
  const words = commandWords(line);
  for (const word of words) {
    const [, kind, list] = /^--allow-(\w+)(?:=(.*))?$/.exec(word) ?? [];
    if (kind === undefined) continue;
    if (!isKnown(kind)) throw new Error(`Unknown permission --allow-${kind} in: ${line}`);
    allowed[kind] = list === undefined ? true : list.split(",");
  }
  return { allowed, ignoresEnv: words.includes("--ignore-env") };
}

function isKnown(kind: string): kind is PermissionKind {
  return (PERMISSION_KINDS as readonly string[]).includes(kind);
}

/** What any of them allows, in a settled order. */
export function unitePermissions(all: readonly Permissions[]): Permissions {
  const allowed: Partial<Record<PermissionKind, true | string[]>> = {};
  for (const kind of PERMISSION_KINDS) {
    const lists = all.flatMap<true | string>((one) => one.allowed[kind] ?? []);
    if (lists.length === 0) continue;
    allowed[kind] = lists.includes(true) ? true : [...new Set(lists as string[])].sort();
  }
  return { allowed, ignoresEnv: all.some((one) => one.ignoresEnv) };
}
