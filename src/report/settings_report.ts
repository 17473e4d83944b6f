import type { DescribedSetting } from "../settings/describe_settings.ts";
import {
  SETTING_TABLE,
  type SettingDefinition,
  type SettingName,
} from "../settings/setting_table.ts";

/** Every setting as a line: name, effective value, origin. */
export function renderSettings(described: Readonly<Record<SettingName, DescribedSetting>>): string {
  return Object.entries(described).map(([name, { value, origin }]) => {
    const { fallbackText }: SettingDefinition = SETTING_TABLE[name as SettingName];
    const shown = value === null ? `(${fallbackText})` : String(value);
    return `${name.padEnd(18)} ${shown.padEnd(44)} ${origin}`;
  }).join("\n");
}
