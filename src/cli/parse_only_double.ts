/** For tests: reads a command line as houqa does, and runs nothing. */
import assert from "node:assert/strict";
import type { Command } from "commander";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { readHelpWords } from "./find_command.ts";
import { createProgram } from "./program.ts";
import { resolveFrom } from "./setting_options.ts";

/**
 * Parses with the real commands, whose actions are replaced by a check of the settings.
 * @param words what stands behind the program's name.
 * @returns whether the command can ask a language model.
 * @throws {Error} for a line that the command line refuses.
 */
export async function parseOnly(words: readonly string[]): Promise<{ asksModel: boolean }> {
  const program = createProgram({ words, exit: () => {} });
  let asksModel = false;
  let called = false;
  const replace = (command: Command) => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    command.commands.forEach(replace);
    if (command.commands.length > 0) return;
    command.action(() => {
      called = true;
      const names = new Set(command.options.map(({ long }) => long));
      asksModel = names.has("--llm-backend");
      if (command.name() === "eval") {
        normaliseEvaluation(resolveFrom(command), command.getOptionValueSource("rag") === "cli");
      } else if (asksModel) {
        resolveFrom(command);
      }
    });
  };
  replace(program);
  try {
    await program.parseAsync([...readHelpWords(program, words)], { from: "user" });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "commander.helpDisplayed" || code === "commander.version") return { asksModel };
    throw error;
  }
  assert.ok(called, `"${words.join(" ")}" is no whole command`);
  return { asksModel };
}
