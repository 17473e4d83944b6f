import { type Command, Option } from "commander";
import { readDotenv, readVariable } from "../settings/read_environment.ts";
import { type ResolvedSettings, resolveSettings } from "../settings/resolve_settings.ts";
import {
  SETTING_TABLE,
  type SettingDefinition,
  type SettingName,
} from "../settings/setting_table.ts";

const SETTINGS: readonly (readonly [SettingName, SettingDefinition])[] = Object.entries(
  SETTING_TABLE,
) as [SettingName, SettingDefinition][];

/** Flags that have a `--no-` form, since their value is not simply "off" by default. */
const NEGATABLE: ReadonlySet<SettingName> = new Set(["think", "structured", "few_shot"]);

/** Gives a command one option for every setting that has one. */
export function addSettingOptions(command: Command): void {
  for (const [name, definition] of SETTINGS) {
    if (definition.flags === undefined) continue;
    const option = new Option(definition.flags, describe(definition));
    if (name === "few_shot") option.hideHelp();
    command.addOption(option);
    if (NEGATABLE.has(name)) {
      const off = new Option(definition.flags.replace("--", "--no-"), describe(definition));
      if (name !== "few_shot") off.hideHelp();
      command.addOption(off);
    }
  }
}

function describe({ help, fallback, fallbackText, env }: SettingDefinition): string {
  const shown = fallback ?? fallbackText;
  const notes = [
    shown === undefined || typeof fallback === "boolean" ? "" : `default: ${shown}`,
    env === undefined ? "" : `variable: ${env[0]}`,
  ].filter((note) => note !== "");
  return notes.length === 0 ? help : `${help} (${notes.join("; ")})`;
}

/**
 * Resolves all settings from a parsed command, the environment and `.env`.
 * @throws {UsageError} for a value that is not allowed.
 */
export function resolveFrom(command: Command): ResolvedSettings {
  const options: Partial<Record<SettingName, string | boolean>> = {};
  for (const [name, definition] of SETTINGS) {
    if (definition.flags === undefined) continue;
    const attribute = new Option(definition.flags).attributeName();
    if (command.getOptionValueSource(attribute) === "cli") {
      options[name] = command.getOptionValue(attribute);
    }
  }
  return resolveSettings({ options, environment: readVariable, dotenv: readDotenv() });
}
