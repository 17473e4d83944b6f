import { Argument, type Command } from "commander";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { onlyWords } from "./value_words.ts";

/** Shells that completions are made for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** One of the {@linkcode SHELLS}. */
export type Shell = (typeof SHELLS)[number];

const NOTES = `
Prints a script for the shell, which completes commands, options, their values and file names. It
starts no houqa while you type; make it again after an update. To have it in every new shell:

  bash  houqa completions bash > ~/.local/share/bash-completion/completions/houqa
        (or in ~/.bashrc: source <(houqa completions bash))
  zsh   in ~/.zshrc, below compinit: source <(houqa completions zsh)
  fish  houqa completions fish > ~/.config/fish/completions/houqa.fish

Examples:
  houqa completions bash
  houqa completions zsh > _houqa
  houqa completions fish > houqa.fish
`;

/**
 * Registers `houqa completions`.
 * @param printLine where the script goes.
 */
export function registerCompletions(
  program: Command,
  context: CliContext,
  printLine: (text: string) => void = print,
): void {
  program.command("completions")
    .description("print a script that completes houqa's commands and options in a shell")
    .addArgument(onlyWords(new Argument("<shell>", "bash, zsh or fish"), SHELLS))
    .allowExcessArguments(false)
    .addHelpText("after", NOTES)
    .action(async (shell: Shell) => {
      const { describeProgram } = await import("./describe_program.ts");
      const { makeCompletions } = await import("./completions/make_completions.ts");
      printLine(makeCompletions(shell, describeProgram(program)).trimEnd());
      context.exit(EXIT.done);
    });
}
