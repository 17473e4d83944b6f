import type { EvaluationConfig } from "../settings/evaluation_config.ts";

/** The model of a run as logs and result files name it: the backend's name for it, or a baseline. */
export function modelName({ baseline, llm }: Pick<EvaluationConfig, "baseline" | "llm">): string {
  return baseline ?? (llm.backend === "hf" ? llm.hfModelName! : llm.llmModel);
}
