import { CommanderError } from "commander";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { LlmError } from "../llm/llm.ts";
import { systemErrorName, systemReason } from "../settings/system_reason.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type BuildForm, buildForm } from "../build/build_form.ts";
import { quoteForShell } from "../settings/quote_for_shell.ts";
import { EXIT } from "./exit_code.ts";
import { PATH_KINDS } from "../build/narrow_permissions.ts";
import { taskThatNames } from "./permitted_task.ts";
import { nameTask, type Need } from "./require_permissions.ts";

/** What a person is told about an error, and how the process ends. */
export interface ErrorExplanation {
  readonly exitCode: number;
  /** Empty where the message has been printed already. */
  readonly message: string;
}

/**
 * Turns anything that was thrown into one message and an exit code.
 * @param words of houqa's command line, by which the task is named that has a missing permission.
 */
export function explainError(error: unknown, words?: readonly string[]): ErrorExplanation {
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage, message: "" };
  }
  if (error instanceof UsageError) return { exitCode: EXIT.usage, message: error.message };
  if (error instanceof LlmError) {
    return {
      exitCode: error.kind === "request" ? EXIT.usage : EXIT.stopped,
      message: error.message,
    };
  }
  if (error instanceof CannotContinueError) {
    const missing = missingPermission(error);
    const message = missing === undefined
      ? error.message
      : `${error.message} ${adviseOnPermission(missing, buildForm(), words) ?? ""}`.trimEnd();
    return { exitCode: EXIT.stopped, message };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { exitCode: EXIT.usage, message: explainPermission(error, buildForm(), words) };
  }
  if (isDenied(error)) return explainDenied(error);
  const message = error instanceof Error ? error.message : String(error);
  if (systemErrorName(error) !== undefined) {
    return { exitCode: EXIT.stopped, message: `Stopped: ${systemReason(error)}; ${message}.` };
  }
  return {
    exitCode: EXIT.stopped,
    message: `Unexpected error: ${message}. Set HOUQA_DEBUG=1 to see where it came from.`,
  };
}

/** Whether the system refused it to this user; Deno's own Node modules have an error of their own. */
function isDenied(error: unknown): error is Error {
  return error instanceof Deno.errors.PermissionDenied ||
    error instanceof Error && (error as { code?: unknown }).code === "EACCES";
}

/** Calls of the system that only look, as Deno and Node name them. */
const LOOKS = new Set(["readdir", "scandir", "stat", "lstat", "open", "realpath", "readlink"]);

/** Deno says `Permission denied (os error 13): readdir '/home/other'`, Node's modules `EACCES: …`. */
function explainDenied(error: Error): ErrorExplanation {
  const [, call, path] = /[:,] (\w+) '(.*?)'(?: -> '.*')?$/s.exec(error.message) ?? [];
  if (call === undefined) {
    return {
      exitCode: EXIT.stopped,
      message: `Stopped: this user has no right to a file or folder (${error.message}). Set ` +
        "HOUQA_DEBUG=1 to see where it came from.",
    };
  }
  const isLook = LOOKS.has(call);
  return {
    exitCode: isLook ? EXIT.usage : EXIT.stopped,
    message:
      `This user has no right to ${isLook ? "read" : "write"} ${path} (permission denied). ` +
      "Ask its owner for it (chmod), or name another place.",
  };
}

/** Deno says `Requires write access to "x", run again with the --allow-write flag`. */
const REQUIRES = /^Requires (\S+) access(?: to "?([^",]*)"?)?/;

/** What is told about a permission that Deno was not given, and how to give it. */
export function explainPermission(
  error: Error,
  form: BuildForm = buildForm(),
  words?: readonly string[],
  isGranted?: (need: Need) => boolean,
): string {
  const advice = adviseOnPermission(error, form, words, isGranted);
  if (advice === undefined) return error.message;
  // A task's name comes with what it is for.
  if (advice.startsWith("This call")) return advice;
  const [, kind, target] = REQUIRES.exec(error.message)!;
  return `No permission for ${kind} access${target ? ` to ${target}` : ""}. ${advice}`;
}

/** How to give a permission; undefined where Deno does not say which it is. */
function adviseOnPermission(
  error: Error,
  form: BuildForm,
  words?: readonly string[],
  isGranted?: (need: Need) => boolean,
): string | undefined {
  const match = REQUIRES.exec(error.message);
  if (match === null) return undefined;
  const [, kind, target] = match;
  const flag = quoteForShell(`--allow-${kind}${target ? `=${target}` : ""}`);
  if (form === "sources") {
    const need = target ? needOf(kind!, target) : undefined;
    const call = need && words && taskThatNames([need], words, isGranted);
    return call === undefined ? `Run with ${flag}.` : nameTask([need!], call);
  }
  const canAdd = form === "houqa.run" || (PATH_KINDS as readonly string[]).includes(kind!);
  return canAdd
    ? `Put ${flag} in front of the command.`
    : `It was settled when this program was compiled: take houqa.run, with ${flag} in front of the ` +
      "command.";
}

/** The missing permission that an error came of. */
function missingPermission(error: Error): Error | undefined {
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Deno.errors.NotCapable) return cause;
  }
}

function needOf(kind: string, target: string): Need | undefined {
  switch (kind) {
    case "env":
      return { name: kind, variable: target };
    case "net":
      return { name: kind, host: target };
    case "read":
    case "write":
    case "ffi":
      return { name: kind, path: target };
  }
}
