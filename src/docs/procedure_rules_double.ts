/** For tests: the real tasks, options and command line that procedures are checked against. */
import assert from "node:assert/strict";
import { type Command, CommanderError } from "commander";
import denoJson from "../../deno.json" with { type: "json" };
import { createProgram } from "../cli/program.ts";
import { resolveFrom } from "../cli/setting_options.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import type { ProcedureRules } from "./check_procedure.ts";
import { readTrainingOptions } from "./training_options.ts";

const OPTIONS = new URL("../../tasks/train/options.py", import.meta.url);

const NOTHING = { words: [], exit: () => {} };
/** The rules for the server; `heart01_env.sh` is written by the first procedure. */
export const SERVER_RULES: ProcedureRules = {
  tasks: Object.fromEntries(
    Object.entries(denoJson.tasks).map(([name, { command }]) => [name, command]),
  ),
  training: readTrainingOptions(await Deno.readTextFile(OPTIONS)),
  onServer: true,
  scripts: new Set(["heart01_env.sh"]),
  parse,
};

/** Parses with the real commands, whose actions are replaced by a check of the settings. */
async function parse(words: readonly string[]): Promise<{ asksModel: boolean }> {
  const program = createProgram(NOTHING);
  let asksModel = false;
  let called = false;
  const replace = (command: Command) => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    command.commands.forEach(replace);
    if (command.commands.length > 0) return;
    command.action(() => {
      called = true;
      asksModel = command.options.some(({ long }) => long === "--llm-backend");
      if (command.name() === "eval") {
        normaliseEvaluation(resolveFrom(command), command.getOptionValueSource("rag") === "cli");
      }
    });
  };
  replace(program);
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { asksModel: false };
    throw error;
  }
  assert.ok(called, `"${words.join(" ")}" is no whole command`);
  return { asksModel };
}
