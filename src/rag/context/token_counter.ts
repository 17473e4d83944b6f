import type { Prompt } from "../../llm/llm.ts";

/** Most tokens of the statutes of one question where nothing else is said. */
export const STATUTE_TOKENS = 6000;

/** Tokens of a text for the model that will read it. */
export type TokenCounter = (text: string) => number;

const TOKENS_PER_BYTE = 0.5;
/** For the chat template, as in the size of Ollama's context window. */
const TEMPLATE_TOKENS = 64;

/**
 * Tokens that a text has at most where no tokenizer is at hand (Ollama): half of its UTF-8 bytes, so
 * 1.5 for each kana or kanji, the rate by which Ollama's context window is chosen too. Tokenizers
 * made for Japanese need about half of that (Qwen2.5's 0.22–0.31 a byte over lawqa_jp's contexts).
 * English-centred ones can need more (SmolLM2's 0.6): then Ollama refuses the prompt instead of
 * cutting it.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length * TOKENS_PER_BYTE);
}

/** Tokens of a prompt by {@linkcode estimateTokens}, without those of the chat template. */
export function estimatePromptTokens({ messages }: Pick<Prompt, "messages">): number {
  return messages.reduce((sum, { content }) => sum + estimateTokens(content), 0);
}

/** What shares a context window with the statutes, in tokens. */
export interface WindowUse {
  /** The whole window. */
  readonly windowTokens: number;
  /** The prompt without statutes: instructions, examples, question, choices. */
  readonly questionTokens: number;
  /** Room for the answer. */
  readonly answerTokens: number;
}

/** Tokens that are left for statutes; 0 where nothing is. */
export function contextBudget(
  { windowTokens, questionTokens, answerTokens }: WindowUse,
): number {
  return Math.max(0, windowTokens - questionTokens - answerTokens - TEMPLATE_TOKENS);
}
