import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { Llm } from "./llm.ts";

/**
 * Makes the model a run asks.
 * @param longestPromptBytes UTF-8 bytes of the longest prompt: sizes the context window.
 * @param signal ends the loading of the model, which can take minutes.
 * @throws {UsageError} for a backend that this version does not have.
 * @throws {LlmError} when the backend can't be reached or does not have the model.
 */
export async function createLlm(
  config: EvaluationConfig,
  longestPromptBytes: number,
  signal?: AbortSignal,
): Promise<Llm> {
  if (config.baseline !== undefined) {
    const { BaselineLlm } = await import("./baseline.ts");
    return new BaselineLlm(config.baseline);
  }
  if (config.llm.backend === "hf") {
    throw new UsageError("This version has no hf backend yet. Use --llm-backend ollama.");
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
