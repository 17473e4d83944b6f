import type { Command } from "commander";
import { describeSettings } from "../settings/describe_settings.ts";
import { SETTING_TABLE, type SettingDefinition } from "../settings/setting_table.ts";
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
    if (command.opts<{ json?: boolean }>().json) {
      console.log(JSON.stringify(described, null, 2));
    } else {
      for (const [name, { value, origin }] of Object.entries(described)) {
        const definition: SettingDefinition = SETTING_TABLE[name as keyof typeof SETTING_TABLE];
        const shown = value === null ? `(${definition.fallbackText})` : String(value);
        console.log(`${name.padEnd(18)} ${shown.padEnd(44)} ${origin}`);
      }
      for (const warning of settings.warnings) console.error(`WARNING: ${warning}`);
    }
    context.exit(EXIT.done);
  });
}
