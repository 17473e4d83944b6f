import type { EvaluationConfig } from "./evaluation_config.ts";
import { maskUserInfo } from "./mask_user_info.ts";
import { describeOrigin, type ResolvedSettings } from "./resolve_settings.ts";
import { SETTING_TABLE, type SettingDefinition, type SettingName } from "./setting_table.ts";

/** A setting's effective value, secrets masked, and where it came from. */
export interface DescribedSetting {
  readonly value: string | number | boolean | null;
  readonly origin: string;
}

/**
 * Every setting with its effective value and origin; null where nothing was given and nothing
 * follows from the other settings. Values that follow from others have the origin "derived".
 * @param config what the settings come to; absent where they contradict each other.
 */
export function describeSettings(
  settings: ResolvedSettings,
  config?: EvaluationConfig,
): Record<SettingName, DescribedSetting> {
  const derived: Partial<Record<SettingName, DescribedSetting["value"]>> = config === undefined
    ? {}
    : {
      temperature: config.temperature,
      max_tokens: config.maxTokens,
      structured: config.structured,
      output: config.outputPath,
      concurrency: config.concurrency,
      context: config.contextMode,
    };
  const names = Object.keys(SETTING_TABLE) as SettingName[];
  return Object.fromEntries(names.map((name) => {
    const definition: SettingDefinition = SETTING_TABLE[name];
    const given = settings.values[name] ?? null;
    const value = derived[name] ?? given;
    const origin = value === given ? describeOrigin(settings.origins[name]) : "derived";
    return [name, {
      value: definition.secret && typeof value === "string" ? maskUserInfo(value) : value,
      origin,
    }];
  })) as Record<SettingName, DescribedSetting>;
}
