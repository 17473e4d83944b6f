import { describeSettings } from "../settings/describe_settings.ts";
import { describeOrigin, type ResolvedSettings } from "../settings/resolve_settings.ts";
import type { Finding } from "./doctor_check.ts";

/** What the settings come to, with every one that somebody chose and where. */
export function checkSettings(settings: ResolvedSettings): Finding {
  const { values, origins, warnings } = settings;
  const { llm_backend, llm_model, hf_model_name } = values;
  const model = llm_backend === "ollama" ? llm_model : hf_model_name;
  const chosen = Object.entries(describeSettings(settings))
    .filter(([name]) => origins[name as keyof typeof origins].kind !== "default")
    .map(([name, { value, origin }]) => ({ name, value, origin }));
  const isIncomplete = llm_backend === "hf" && model === undefined;
  return {
    state: isIncomplete || warnings.length > 0 ? "note" : "ok",
    summary: `backend ${llm_backend} (${describeOrigin(origins.llm_backend)}), ` +
      `model ${model ?? "not chosen"}`,
    details: [
      ...chosen.map(({ name, value, origin }) => `${name} = ${value} (${origin})`),
      ...warnings,
    ],
    ...(isIncomplete ? { advice: "Name a model with --hf-model-name or HF_MODEL_NAME." } : {}),
    data: { backend: llm_backend, model, chosen },
  };
}
