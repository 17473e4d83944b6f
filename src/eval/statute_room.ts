import type { Question } from "../dataset/question.ts";
import { type PromptStyle, renderPrompt } from "../prompt/render_prompt.ts";
import {
  contextBudget,
  estimatePromptTokens,
  STATUTE_TOKENS,
} from "../rag/context/token_counter.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";

/** What the room for statutes depends on. */
export type RoomSettings = Pick<EvaluationConfig, "contextTokens" | "numCtx" | "maxTokens">;

/**
 * Most tokens, estimated, of the statutes that a question is asked with: `--context-tokens` as it is
 * given, else {@linkcode STATUTE_TOKENS}, or what `--num-ctx` leaves beside the question, the
 * instructions, the examples and the answer where that is less. 0: nothing is left.
 */
export function statuteRoom(
  question: Question,
  style: PromptStyle,
  { contextTokens, numCtx, maxTokens }: RoomSettings,
): number {
  if (contextTokens !== undefined) return contextTokens;
  if (numCtx === undefined) return STATUTE_TOKENS;
  return Math.min(
    STATUTE_TOKENS,
    contextBudget({
      windowTokens: numCtx,
      // Examples show a statute of their own where the question has one.
      questionTokens: estimatePromptTokens(renderPrompt(question, [""], style)),
      answerTokens: maxTokens,
    }),
  );
}
