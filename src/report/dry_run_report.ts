import { ORDER_NAMES } from "../dataset/choice_orders.ts";
import type { PreparedEvaluation } from "../eval/prepare_evaluation.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";

const SHOWN_PROMPTS = 2;

/** Tokens per UTF-8 byte of Japanese text: Qwen's tokenizer, and an English-centred one. */
const TOKENS_PER_BYTE = { low: 0.23, high: 0.5 };

/** The first prompts as they would be sent, and what a run would cost. */
export async function renderDryRun(
  config: EvaluationConfig,
  prepared: PreparedEvaluation,
): Promise<string> {
  const lines: string[] = [];
  for (const question of prepared.questions.slice(0, SHOWN_PROMPTS)) {
    const { prompt } = await prepared.prompts.prepare(question);
    lines.push(`===== Prompt of question ${question.index}: ${question.fileName} =====`);
    for (const { role, content } of prompt.messages) lines.push(`--- ${role}`, content);
  }
  const sizes = [...prepared.promptSizes.values()].sort((x, y) => x - y);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const perQuestion = config.ensemble * config.orders;
  const calls = sizes.length * perQuestion;
  lines.push(
    "===== Estimate =====",
    `Questions        ${sizes.length}, answers ${calls}${describeOrders(config)}`,
    `Prompt bytes     ${sizes[0]} / ${sizes[Math.floor(sizes.length / 2)]} / ${
      sizes.at(-1)
    } (shortest, median, longest; UTF-8)`,
    `Longest prompt   ${tokenRange(sizes.at(-1)!)} tokens, and ${config.maxTokens} for the answer`,
    ...describeRoom(prepared),
    `All prompts      ${tokenRange(total * perQuestion)} tokens to read`,
    `All answers      at most ${calls * config.maxTokens} tokens to generate`,
    `Output           ${config.outputPath}`,
    "Nothing was asked. Token counts are estimated from bytes; the model's tokenizer decides.",
  );
  return lines.join("\n");
}

function describeOrders({ orders, calibrate }: EvaluationConfig): string {
  return (orders === 1 ? "" : ` (orders of the choices: ${ORDER_NAMES.join(", ")})`) +
    (calibrate ? ", and one of a blank question" : "");
}

function describeRoom({ room, questions }: PreparedEvaluation): string[] {
  if (room === undefined) return [];
  const { tokens, cut, emptied } = room;
  return [
    `Statutes         at most ${tokens} tokens a question, estimated; cut or left out for ${cut} of ` +
    `${questions.length}${emptied === 0 ? "" : `, ${emptied} of them without any`}`,
  ];
}

function tokenRange(bytes: number): string {
  return `${Math.round(bytes * TOKENS_PER_BYTE.low)} to ${
    Math.round(bytes * TOKENS_PER_BYTE.high)
  }`;
}
