import type { Shell } from "../completions.ts";
import type { CommandDescription } from "../describe_program.ts";
import { makeBashCompletions } from "./make_bash_completions.ts";
import { makeFishCompletions } from "./make_fish_completions.ts";
import { makeZshCompletions } from "./make_zsh_completions.ts";

/** Names that the script is for: the binary's, and the self-extracting form's. */
export const PROGRAM_NAMES = ["houqa", "houqa.run"];

const MAKERS = {
  bash: makeBashCompletions,
  zsh: makeZshCompletions,
  fish: makeFishCompletions,
} satisfies Readonly<Record<Shell, unknown>>;

/** A script for a shell that completes a program's commands, options, values and file names. */
export function makeCompletions(shell: Shell, program: CommandDescription): string {
  return MAKERS[shell](program, PROGRAM_NAMES);
}
