import { describeOrigin, maskUserInfo, type ResolvedSettings } from "./resolve_settings.ts";
import { SETTING_TABLE, type SettingDefinition, type SettingName } from "./setting_table.ts";

/** A setting's effective value, secrets masked, and where it came from. */
export interface DescribedSetting {
  readonly value: string | number | boolean | null;
  readonly origin: string;
}

/** Every setting with its origin; a setting nobody gave and that has no default is null. */
export function describeSettings(
  settings: ResolvedSettings,
): Record<SettingName, DescribedSetting> {
  const names = Object.keys(SETTING_TABLE) as SettingName[];
  return Object.fromEntries(names.map((name) => {
    const definition: SettingDefinition = SETTING_TABLE[name];
    const value = settings.values[name] ?? null;
    return [name, {
      value: definition.secret && typeof value === "string" ? maskUserInfo(value) : value,
      origin: describeOrigin(settings.origins[name]),
    }];
  })) as Record<SettingName, DescribedSetting>;
}
