import type { Command } from "commander";
import { type EvaluationConfig, normaliseEvaluation } from "../settings/evaluation_config.ts";
import { type SearchConfig, searchConfig } from "../settings/search_config.ts";
import { SEARCH_FLAGS } from "./search_options.ts";
import { addSomeSettingOptions, resolveFrom } from "./setting_options.ts";

/** Longest answer in tokens where nothing is said. */
const ANSWER_TOKENS = 1024;
const THINKING_TOKENS = 4096;

/** Settings of an evaluation that mean the same for a question. */
const SHARED_FLAGS: ReadonlySet<string> = new Set([
  "--llm-backend",
  "--llm-model",
  "--hf-model-name",
  "--hf-lora-path",
  "--hf-load-in-4bit",
  "--hf-device",
  "--hf-dtype",
  "--temperature",
  "--max-tokens",
  "--seed",
  "--num-ctx",
  "--timeout",
  "--think",
  "--no-think",
  "--top-k",
  "--index",
  "--retriever",
  "--citations",
  "--no-citations",
  ...SEARCH_FLAGS,
]);

/** The index where nothing is said: where `houqa laws build` puts it. */
const DEFAULT_INDEX = "data/egov_laws";

/** What some of them mean here. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "--max-tokens": `longest answer in tokens (default: ${ANSWER_TOKENS}, ${THINKING_TOKENS} with ` +
    "--think; variable: LLM_MAX_TOKENS)",
  "--index": `index of laws (default: ${DEFAULT_INDEX}; variable: LAW_INDEX)`,
  "--temperature":
    "sampling temperature, 0 = always the most likely token (default: 0; variable: " +
    "LLM_TEMPERATURE)",
  "--seed": "random seed (default: 42)",
  "--num-ctx": "Ollama's context window in tokens (default: room for statutes and conversation)",
  "--top-k": "articles sent along (default: 3; variable: RETRIEVER_TOP_K)",
};

/** What a conversation is set to. */
export interface QaSettings {
  /** Only what {@linkcode createLlm} looks at counts. */
  readonly config: EvaluationConfig;
  readonly search: SearchConfig;
  readonly warnings: readonly string[];
}

/** Gives a command the options of the model and of the search. */
export function addQaOptions(command: Command): void {
  addSomeSettingOptions(command, SHARED_FLAGS, DESCRIPTIONS);
}

/**
 * Resolves the settings of a conversation.
 * @throws {UsageError} for a value that is not allowed, or settings that contradict each other.
 */
export function resolveQaSettings(command: Command): QaSettings {
  const settings = resolveFrom(command);
  const { values } = settings;
  const { config, warnings } = normaliseEvaluation(settings, true, true);
  return {
    config: {
      ...config,
      llm: { ...config.llm, batchSize: 1, answerMode: "generate" },
      maxTokens: values.max_tokens ?? (values.think ? THINKING_TOKENS : ANSWER_TOKENS),
      structured: false,
      concurrency: 1,
    },
    search: searchConfig(settings, values.law_index ?? DEFAULT_INDEX),
    warnings,
  };
}
