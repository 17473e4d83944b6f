import { evaluate } from "../../src/eval/evaluate.ts";
import type { ResultFile } from "../../src/eval/result_schema.ts";
import { describeSettings } from "../../src/settings/describe_settings.ts";
import { normaliseEvaluation } from "../../src/settings/evaluation_config.ts";
import { resolveSettings } from "../../src/settings/resolve_settings.ts";
import type { AnswerMode } from "../../src/settings/setting_table.ts";

/** One evaluation with the hf backend on the processor. */
export interface SmokeEvaluation {
  readonly model: string;
  readonly adapter?: string;
  /** Question file in the dataset's form. */
  readonly data: string;
  readonly answerMode: AnswerMode;
  readonly output: string;
}

/**
 * Evaluates a model as `houqa eval` does, gold articles before the questions; an older result at
 * `output` is replaced.
 * @throws whatever `evaluate` throws, and an Error when a signal stopped it.
 */
export async function evaluateSmoke(
  { model, adapter, data, answerMode, output }: SmokeEvaluation,
): Promise<ResultFile> {
  const settings = resolveSettings({
    options: {
      llm_backend: "hf",
      hf_model_name: model,
      ...(adapter === undefined ? {} : { lora_path: adapter }),
      hf_device: "cpu",
      // Not quantised: a difference is the adapter's.
      hf_dtype: "fp32",
      answer_mode: answerMode,
      data,
      context: "gold",
      few_shot: false,
      output,
    },
    // The same everywhere: neither variables nor a .env file count here.
    environment: () => undefined,
    dotenv: {},
  });
  const { config } = normaliseEvaluation(settings);
  const end = await evaluate(config, {
    settings: describeSettings(settings, config),
    overwrite: true,
  });
  if (!("result" in end)) throw new Error(`The evaluation into ${output} was stopped.`);
  return end.result;
}
