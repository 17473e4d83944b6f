import { CommanderError } from "commander";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { LlmError } from "../llm/llm.ts";
import { UsageError } from "../settings/usage_error.ts";
import { EXIT } from "./exit_code.ts";

/** What a person is told about an error, and how the process ends. */
export interface ErrorExplanation {
  readonly exitCode: number;
  /** Empty where the message has been printed already. */
  readonly message: string;
}

/** Turns anything that was thrown into one message and an exit code. */
export function explainError(error: unknown): ErrorExplanation {
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
    return { exitCode: EXIT.stopped, message: error.message };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { exitCode: EXIT.usage, message: explainPermission(error) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: EXIT.stopped,
    message: `Unexpected error: ${message}. Set HOUQA_DEBUG=1 to see where it came from.`,
  };
}

/** Deno says `Requires write access to "x", run again with the --allow-write flag`. */
function explainPermission(error: Error): string {
  const match = /^Requires (\S+) access(?: to "?([^",]*)"?)?/.exec(error.message);
  if (match === null) return error.message;
  const [, kind, target] = match;
  return `No permission for ${kind} access${target ? ` to ${target}` : ""}. ` +
    `Run with --allow-${kind}${target ? `=${target}` : ""}.`;
}
