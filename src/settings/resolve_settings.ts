import {
  SETTING_TABLE,
  type SettingDefinition,
  type SettingName,
  type Settings,
} from "./setting_table.ts";
import { findMisspeltVariables } from "./find_misspelt_variables.ts";
import { maskUserInfo } from "./mask_user_info.ts";
import { wordsOf } from "./setting_schemas.ts";
import { suggestWord } from "./suggest_word.ts";
import { UsageError } from "./usage_error.ts";

/** Where an effective value came from. */
export type Origin =
  | { readonly kind: "option"; readonly name: string }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: ".env"; readonly name: string }
  | { readonly kind: "default" };

/** What the outside world says about the settings. */
export interface SettingSources {
  /** Values given on the command line, by setting name: text as typed, or a flag's truth value. */
  readonly options: Readonly<Partial<Record<SettingName, string | boolean>>>;
  /** Looks up one environment variable. */
  readonly environment: (name: string) => string | undefined;
  /** Variables of the `.env` file. */
  readonly dotenv: Readonly<Record<string, string | undefined>>;
}

/** Effective values with their origins, and what the user should be warned about. */
export interface ResolvedSettings {
  readonly values: Settings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  readonly warnings: readonly string[];
}

interface Given {
  readonly text: string;
  readonly origin: Exclude<Origin, { kind: "default" }>;
}

/**
 * Decides every setting: option > environment > `.env` > default. An empty variable counts as not
 * set, as a line `LORA_PATH=` in a `.env` file means.
 * @throws {UsageError} for a value outside what is allowed, naming the value and where it stands.
 */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  const warnings: string[] = [];
  for (const name of Object.keys(SETTING_TABLE) as SettingName[]) {
    const definition: SettingDefinition = SETTING_TABLE[name];
    const given = findValue(name, definition, sources, warnings);
    values[name] = given === undefined ? definition.fallback : parseValue(name, definition, given);
    origins[name] = given?.origin ?? { kind: "default" };
  }
  return {
    values: values as Settings,
    origins: origins as Record<SettingName, Origin>,
    warnings: [...warnings, ...findMisspeltVariables(sources.dotenv)],
  };
}

function findValue(
  name: SettingName,
  definition: SettingDefinition,
  sources: SettingSources,
  warnings: string[],
): Given | undefined {
  const option = sources.options[name];
  if (option !== undefined) {
    const flag = definition.flags?.split(" ")[0] ?? name;
    const shown = option === false ? flag.replace(/^--/, "--no-") : flag;
    return { text: String(option), origin: { kind: "option", name: shown } };
  }
  let found: Given | undefined;
  // A variable's first name wins over its old alias wherever each of them stands.
  for (const variable of definition.env ?? []) {
    const given = readVariable(variable, sources);
    if (given === undefined) continue;
    if (found === undefined) found = given;
    else if (found.text !== given.text) {
      warnings.push(
        `${found.origin.name}=${found.text} wins over ${variable}=${given.text} (${given.origin.kind}).`,
      );
    }
  }
  return found;
}

function readVariable(name: string, sources: SettingSources): Given | undefined {
  const fromEnvironment = sources.environment(name)?.trim();
  if (fromEnvironment) return { text: fromEnvironment, origin: { kind: "environment", name } };
  const fromFile = sources.dotenv[name]?.trim();
  if (fromFile) return { text: fromFile, origin: { kind: ".env", name } };
  return undefined;
}

function parseValue(name: SettingName, definition: SettingDefinition, given: Given): unknown {
  const parsed = definition.schema.safeParse(given.text.trim());
  if (parsed.success) return parsed.data;
  const allowed = parsed.error.issues[0]?.message ?? "another value";
  const shown = definition.secret ? maskUserInfo(given.text) : given.text;
  const suggestion = suggestWord(given.text.trim(), wordsOf(definition.schema));
  if (name === "llm_backend") {
    throw new UsageError(
      `Unknown LLM backend: ${JSON.stringify(shown)} (${
        describeOrigin(given.origin)
      }). Use ${allowed}.${suggestion}`,
    );
  }
  throw new UsageError(
    `${describeOrigin(given.origin)} is ${JSON.stringify(shown)}, but must be ${allowed}.` +
      suggestion,
  );
}

/** An origin as words, e.g. `LLM_MODEL in .env`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "option":
      return `option ${origin.name}`;
    case "environment":
      return `environment variable ${origin.name}`;
    case ".env":
      return `${origin.name} in .env`;
    case "default":
      return "default";
  }
}
