import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { Llm } from "./llm.ts";
import type { PrepareProgress } from "./prepare_model.ts";

/**
 * Makes the model a run asks, on the backend of its `LLMConfig`.
 * @param longestPromptBytes UTF-8 bytes of the longest prompt: sizes the context window.
 * @param signal ends the loading of the model, which can take minutes.
 * @param onProgress called while a model is downloaded and turned into ONNX.
 * @throws {UsageError} as {@linkcode checkLlmConfig}, or when a model of the hf backend can't be used.
 * @throws {LlmError} when the backend can't be reached or does not have the model.
 */
export async function createLlm(
  config: EvaluationConfig,
  longestPromptBytes: number,
  signal?: AbortSignal,
  onProgress?: (progress: PrepareProgress) => void,
): Promise<Llm> {
  checkLlmConfig(config);
  if (config.baseline !== undefined) {
    const { BaselineLlm } = await import("./baseline.ts");
    return new BaselineLlm(config.baseline);
  }
  if (config.llm.backend === "hf") {
    const { createHfLlm } = await import("./hf.ts");
    return await createHfLlm({
      modelName: config.llm.hfModelName!,
      loraPath: config.llm.loraPath,
      device: config.llm.hfDevice,
      dtype: config.llm.hfDtype,
      loadIn4bit: config.llm.loadIn4bit,
      maxNewTokens: config.maxTokens,
      temperature: config.temperature,
      seed: config.seed,
      think: config.think,
      batchSize: config.llm.batchSize,
      timeoutMs: config.timeoutMs,
      signal,
      onProgress,
    });
  }
  const { createOllamaLlm } = await import("./ollama.ts");
  const { parseOllamaHost } = await import("./ollama_host.ts");
  return await createOllamaLlm({
    host: parseOllamaHost(config.llm.ollamaHost),
    model: config.llm.llmModel,
    numCtx: config.numCtx,
    maxNewTokens: config.maxTokens,
    temperature: config.temperature,
    seed: config.seed,
    think: config.think,
    structuredOutput: config.structured,
    timeoutMs: config.timeoutMs,
    sizing: { longestPromptBytes },
    concurrency: config.concurrency,
    signal,
  });
}

/**
 * Settings are checked when they are read; this holds for a configuration from elsewhere too.
 * @throws {UsageError} for a backend that does not exist, or the hf backend without a model's name.
 */
export function checkLlmConfig(
  { baseline, llm }: Pick<EvaluationConfig, "baseline" | "llm">,
): void {
  if (baseline !== undefined) return;
  const { backend, hfModelName }: { backend: string; hfModelName?: string } = llm;
  if (backend !== "ollama" && backend !== "hf") {
    throw new UsageError(
      `Unknown LLM backend: ${JSON.stringify(backend)}. Use one of ollama, hf.`,
    );
  }
  if (backend === "hf" && (hfModelName === undefined || hfModelName === "")) {
    throw new UsageError(
      "hf backend requires hf_model_name in LLMConfig: set --hf-model-name or HF_MODEL_NAME",
    );
  }
}
