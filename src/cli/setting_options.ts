import { Command, Option } from "commander";
import { wordsOf } from "../settings/setting_schemas.ts";
import { readDotenv, readVariable } from "../settings/read_environment.ts";
import { type ResolvedSettings, resolveSettings } from "../settings/resolve_settings.ts";
import {
  SETTING_TABLE,
  type SettingDefinition,
  type SettingName,
} from "../settings/setting_table.ts";
import { nameWords } from "./value_words.ts";

const SETTINGS: readonly (readonly [SettingName, SettingDefinition])[] = Object.entries(
  SETTING_TABLE,
) as [SettingName, SettingDefinition][];

/** Settings that are switched off by a `--no-` flag, with what that flag says in the help. */
const NEGATIONS: Readonly<Partial<Record<SettingName, string>>> = {
  think: "do not let it think (the default)",
  structured: "let a direct answer be any text",
  few_shot: "no worked examples before the question",
  citations: "search alone, without what a question cites by law and number",
  use_mmr: "leave vector hits in the order of their closeness",
};

/** Gives a command one option for every setting that has one. */
export function addSettingOptions(command: Command): void {
  for (const [name, definition] of SETTINGS) {
    if (definition.flags === undefined) continue;
    const option = new Option(definition.flags, describe(definition));
    nameWords(option, wordsOf(definition.schema));
    // What holds by default is only worth a line where it is switched off.
    command.addOption(definition.fallback === true ? option.hideHelp() : option);
    const negation = NEGATIONS[name];
    if (negation === undefined) continue;
    command.addOption(new Option(definition.flags.replace("--", "--no-"), negation));
  }
  const others = SETTINGS.filter(([, definition]) => definition.flags === undefined)
    .map(([, { env, help }]) => `  ${env!.join(", ").padEnd(20)} ${help}`);
  command.addHelpText("after", `\nVariables without an option:\n${others.join("\n")}`);
}

/** Gives a command some of the options of {@linkcode addSettingOptions}, with words of its own. */
export function addSomeSettingOptions(
  command: Command,
  flags: ReadonlySet<string>,
  descriptions: Readonly<Record<string, string>> = {},
): void {
  const all = new Command();
  addSettingOptions(all);
  for (const option of all.options) {
    if (option.long === undefined || !flags.has(option.long)) continue;
    option.description = descriptions[option.long] ?? option.description;
    command.addOption(option);
  }
}

function describe({ help, fallback, fallbackText, env }: SettingDefinition): string {
  const shown = typeof fallback === "boolean" ? undefined : fallback ?? fallbackText;
  const notes = [
    shown === undefined || shown === "none" ? "" : `default: ${shown}`,
    env === undefined ? "" : `variable: ${env.join(" or ")}`,
  ].filter((note) => note !== "");
  return notes.length === 0 ? help : `${help} (${notes.join("; ")})`;
}

/**
 * Resolves all settings from a parsed command, the environment and `.env`.
 * @param own options of the command that look like a setting's and are none.
 * @throws {UsageError} for a value that is not allowed.
 */
export function resolveFrom(
  command: Command,
  own: readonly SettingName[] = [],
): ResolvedSettings {
  const options: Partial<Record<SettingName, string | boolean>> = {};
  for (const [name, definition] of SETTINGS) {
    if (definition.flags === undefined || own.includes(name)) continue;
    const attribute = new Option(definition.flags).attributeName();
    if (command.getOptionValueSource(attribute) === "cli") {
      options[name] = command.getOptionValue(attribute);
    }
  }
  return resolveSettings({ options, environment: readVariable, dotenv: readDotenv() });
}
