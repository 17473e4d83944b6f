import { formatChoices } from "../dataset/parse_choices.ts";
import type { Letter, Question } from "../dataset/question.ts";
import { sha256Hex } from "../dataset/sha256.ts";
import type { ChatMessage, Prompt } from "../llm/llm.ts";
import type { PromptMode } from "../settings/setting_table.ts";
import { FEW_SHOT_EXAMPLES, type FewShotExample } from "./few_shot_examples.ts";

/** What shapes every prompt of a run. */
export interface PromptStyle {
  readonly mode: PromptMode;
  readonly fewShot: boolean;
}

/** What a prompt shows of a question; the correct answer is not part of it. */
export type QuestionView = Pick<Question, "instruction" | "question" | "choices">;

/** Raised by one with every change of the wording; the hash shows changes nobody counted. */
export const PROMPT_VERSION = 1;

/** Marks in 指示 where the context goes; never shown to the model. */
const CONTEXT_MARKER = "<following_context>";

const SYSTEM = "あなたは日本の法令に詳しい専門家です。" +
  "問題文を読み、選択肢a、b、c、dから答えを一つだけ選びます。" +
  "参照条文が示されたときは、それを根拠にしてください。" +
  "「誤っているもの」を問う問題では、誤っている選択肢が答えです。";

const CLOSING: Readonly<Record<PromptMode, string>> = {
  direct:
    "答えの記号（a、b、c、dのいずれか）だけを半角1文字で書いてください。説明は書かないでください。",
  cot: "各選択肢を順に検討し、考えた過程を簡潔に書いてください。" +
    "最後の行には「Answer: 」に続けて答えの記号（a、b、c、dのいずれか）だけを書いてください。",
};

const INSTRUCTION = "以下の問題文に対する答えを、選択肢a、b、c、dの中から一つ選んでください。";

/**
 * Renders the chat messages for one question. Evaluation and fine-tuning records both use this.
 * @param contexts statute texts in the order to show them; empty = asked without context.
 */
export function renderPrompt(
  question: QuestionView,
  contexts: readonly string[],
  style: PromptStyle,
): Prompt {
  return {
    messages: [
      { role: "system", content: SYSTEM },
      ...(style.fewShot ? fewShotTurns(contexts.length > 0, style.mode) : []),
      { role: "user", content: userTurn(question, contexts, style.mode) },
    ],
    parts: {
      context: contexts.join("\n\n"),
      question: question.question,
      choices: question.choices,
    },
  };
}

/** The assistant's turn that answers with a letter: what examples show and fine-tuning teaches. */
export function renderAnswer(letter: Letter, mode: PromptMode, reasoning = ""): string {
  return mode === "direct" ? letter : `${reasoning.trim()}\nAnswer: ${letter}`.trim();
}

function fewShotTurns(withContext: boolean, mode: PromptMode): ChatMessage[] {
  return FEW_SHOT_EXAMPLES.flatMap((example): ChatMessage[] => [
    {
      role: "user",
      content: userTurn(viewOf(example, withContext), withContext ? [example.context] : [], mode),
    },
    { role: "assistant", content: renderAnswer(example.answer, mode, example.reasoning) },
  ]);
}

/** Asked without context, an example carries its fictional statute in the question itself. */
function viewOf(example: FewShotExample, withContext: boolean): QuestionView {
  return {
    instruction: CONTEXT_MARKER + INSTRUCTION,
    question: withContext
      ? example.question
      : `次の規定があるものとします。\n${example.context}\n${example.question}`,
    choices: example.choices,
  };
}

function userTurn(question: QuestionView, contexts: readonly string[], mode: PromptMode): string {
  return [
    placeContext(question.instruction, contexts),
    `【問題】\n${question.question}`,
    `【選択肢】\n${formatChoices(question.choices)}`,
    CLOSING[mode],
  ].filter((block) => block !== "").join("\n\n");
}

function placeContext(instruction: string, contexts: readonly string[]): string {
  const block = contexts.length === 0 ? "" : `【参照条文】\n${contexts.join("\n\n")}`;
  const marker = instruction.indexOf(CONTEXT_MARKER);
  const before = marker < 0 ? "" : instruction.slice(0, marker);
  const after = (marker < 0 ? instruction : instruction.slice(marker))
    .replaceAll(CONTEXT_MARKER, "");
  return [before, block, after].map((text) => text.trim()).filter((text) => text !== "")
    .join("\n\n");
}

/**
 * SHA-256 (hex) over the prompts of two fixed probe questions, one with and one without context:
 * it changes exactly when some wording, example or arrangement of this style changes.
 */
export function promptSha256(style: PromptStyle): Promise<string> {
  const probe: QuestionView = {
    instruction: `前${CONTEXT_MARKER}後`,
    question: "問",
    choices: { a: "甲", b: "乙", c: "丙", d: "丁" },
  };
  return sha256Hex(JSON.stringify([
    renderPrompt(probe, [], style).messages,
    renderPrompt(probe, ["文一", "文二"], style).messages,
  ]));
}
