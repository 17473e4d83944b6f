import type { Command } from "commander";
import { renderSettings } from "../report/settings_report.ts";
import { describeSettings } from "../settings/describe_settings.ts";
import { type EvaluationConfig, normaliseEvaluation } from "../settings/evaluation_config.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print, printError } from "./print.ts";
import { addSettingOptions, resolveFrom } from "./setting_options.ts";

const EXAMPLES = `
Examples:
  houqa settings
  houqa settings --llm-model qwen3:4b --use-cot --context gold --json
`;

/** Registers `houqa settings`. */
export function registerSettings(program: Command, context: CliContext): void {
  const command = program.command("settings")
    .description("show every effective setting and where it came from")
    .option("--json", "as JSON")
    .allowExcessArguments(false);
  addSettingOptions(command);
  command.option("--no-rag", "the same as --context none").addHelpText("after", EXAMPLES);
  command.action(() => {
    const settings = resolveFrom(command);
    const noRag = command.getOptionValueSource("rag") === "cli";
    const show = (config?: EvaluationConfig) => {
      const described = describeSettings(settings, config);
      const asJson = command.opts<{ json?: boolean }>().json;
      print(asJson ? JSON.stringify(described, null, 2) : renderSettings(described));
    };
    try {
      const { config, warnings } = normaliseEvaluation(settings, noRag);
      show(config);
      for (const warning of warnings) printError(`WARNING: ${warning}`);
    } catch (error) {
      // What is refused is easier to find where every value shows where it came from.
      show();
      throw error;
    }
    context.exit(EXIT.done);
  });
}
