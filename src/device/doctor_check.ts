import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";

/** What a check came to: nothing to do, worth knowing, or something that stops houqa from working. */
export type CheckState = "ok" | "note" | "problem";

/** One thing that was looked at. */
export interface Check {
  /** Stable name for scripts. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly state: CheckState;
  readonly summary: string;
  /** Further lines, where one is not enough. */
  readonly details?: readonly string[];
  /** What to do, where something can be done. */
  readonly advice?: string;
  /** Figures for scripts: names in snake_case, sizes in bytes. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** True where the check was given up and may still be at work. */
  readonly isOverdue?: boolean;
}

/** A check without its name. */
export type Finding = Omit<Check, "id" | "title">;

/** How long one check may take, in milliseconds. */
export const CHECK_LIMIT_MS = 3000;

/**
 * Runs a check that may fail, hang, or lack a permission, and always comes to a finding.
 * @param run is given up when it takes too long; what it still does is ignored.
 */
export async function runCheck(
  id: string,
  title: string,
  run: () => Finding | Promise<Finding>,
  limitMs: number = CHECK_LIMIT_MS,
): Promise<Check> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeUp = new Promise<Finding>((resolve) => {
    timer = setTimeout(
      () =>
        resolve({
          state: "note",
          summary: `gave no answer within ${limitMs / 1000} s`,
          isOverdue: true,
        }),
      limitMs,
    );
  });
  try {
    return { id, title, ...await Promise.race([Promise.resolve().then(run), timeUp]) };
  } catch (error) {
    return { id, title, ...explain(error as Error) };
  } finally {
    clearTimeout(timer);
  }
}

function explain(error: Error): Finding {
  if (error instanceof Deno.errors.NotCapable) {
    return {
      state: "note",
      summary: "not looked at: houqa has no permission",
      advice: permissionAdvice(error.message),
    };
  }
  const isKnown = error instanceof UsageError || error instanceof CannotContinueError;
  return {
    state: isKnown ? "problem" : "note",
    summary: isKnown ? error.message : `can't be examined: ${error.message}`,
  };
}

/** Deno says `Requires read access to "x", run again with the --allow-read flag`. */
export function permissionAdvice(message: string): string {
  const [, kind = "", target] = /^Requires (\S+) access(?: to "([^"]*)")?/.exec(message) ?? [];
  if (kind === "") return message;
  // Deno wants everything for the kernel's own files; houqa then reads them through the C library.
  if (kind === "all" || /^\/(?:proc|sys|dev)\//.test(target ?? "")) {
    return `Run with --allow-ffi, to read ${target ?? "the system's files"}.`;
  }
  return `Run with --allow-${kind}${target ? `=${target}` : ""}.`;
}

/** A size for people, in decimal units as disks and models are sold. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e12) return `${(bytes / 1e12).toFixed(1)} TB`;
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${Math.round(bytes / 1e6)} MB`;
}
