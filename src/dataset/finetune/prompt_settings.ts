import { describeSettings } from "../../settings/describe_settings.ts";
import type { EvaluationConfig } from "../../settings/evaluation_config.ts";
import type { ResolvedSettings } from "../../settings/resolve_settings.ts";
import {
  INDEX_SETTINGS,
  type PromptMode,
  SETTING_TABLE,
  type SettingDefinition,
  type SettingName,
} from "../../settings/setting_table.ts";
import { UsageError } from "../../settings/usage_error.ts";

/** Settings that the prompts of an evaluation depend on, and where questions and records are. */
const PROMPT_SETTINGS: ReadonlySet<SettingName> = new Set([
  "data",
  "output",
  "samples",
  "context",
  "use_cot",
  "few_shot",
  "top_k",
  ...INDEX_SETTINGS,
  "ollama_host",
]);

/**
 * The settings of an evaluation that would ask with the prompts to train on. Those of the model that
 * answers are left at their defaults: no model is asked, and what stands in the environment for one
 * must not get in the way.
 * @param mode as `--mode` gives it.
 * @throws {UsageError} when `--mode direct` and `--use-cot` are both given.
 */
export function promptSettings(
  settings: ResolvedSettings,
  mode: PromptMode | undefined,
): ResolvedSettings {
  if (mode === "direct" && settings.values.use_cot) {
    throw new UsageError("--mode direct and --use-cot contradict each other. Leave one out.");
  }
  const values: Record<string, unknown> = { ...settings.values };
  const origins = { ...settings.origins };
  for (const name of Object.keys(SETTING_TABLE) as SettingName[]) {
    if (PROMPT_SETTINGS.has(name)) continue;
    values[name] = (SETTING_TABLE[name] as SettingDefinition).fallback;
    origins[name] = { kind: "default" };
  }
  if (mode !== undefined) {
    values.use_cot = mode === "cot";
    origins.use_cot = { kind: "option", name: "--mode" };
  }
  return { ...settings, values: values as ResolvedSettings["values"], origins };
}

/** The same settings with their origins, for a manifest. */
export function describePromptSettings(
  settings: ResolvedSettings,
  config: EvaluationConfig,
): Partial<ReturnType<typeof describeSettings>> {
  const all = Object.entries(describeSettings(settings, config));
  return Object.fromEntries(all.filter(([name]) => PROMPT_SETTINGS.has(name as SettingName)));
}
