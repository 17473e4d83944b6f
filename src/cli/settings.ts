import type { Command } from "commander";
import { renderSettings } from "../report/settings_report.ts";
import { describeSettings } from "../settings/describe_settings.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { addSettingOptions, resolveFrom } from "./setting_options.ts";

/** Registers `houqa settings`. */
export function registerSettings(program: Command, context: CliContext): void {
  const command = program.command("settings")
    .description("show every effective setting and where it came from")
    .option("--json", "as JSON")
    .allowExcessArguments(false);
  addSettingOptions(command);
  command.action(() => {
    const settings = resolveFrom(command);
    const described = describeSettings(settings);
    const asJson = command.opts<{ json?: boolean }>().json;
    console.log(asJson ? JSON.stringify(described, null, 2) : renderSettings(described));
    for (const warning of settings.warnings) console.error(`WARNING: ${warning}`);
    context.exit(EXIT.done);
  });
}
