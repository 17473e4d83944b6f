import { extractAnswer, reasoningOf } from "../../eval/extract_answer.ts";
import { renderAnswer } from "../../prompt/render_prompt.ts";
import type { Question } from "../question.ts";

/** Marks of chat templates and of thinking, which only the template may write. */
const TEMPLATE_MARK = /<\|[^|<>\s]{1,40}\|>|<\/?think(?:ing)?>/i;

/** An answer to learn, or why a reasoning gives none. */
export type ChainOfThought =
  | { readonly text: string }
  | { readonly problem: "empty" | "template_mark" | "other_letter" | "unreadable" };

/**
 * The assistant's turn that a reasoning gives: the reasoning without its own final answer, then the
 * answer line of the worked examples. The evaluation reads it as the question's letter.
 */
export function chainOfThought(reasoning: string, question: Question): ChainOfThought {
  const options = { mode: "cot", choices: question.choices } as const;
  // Lone carriage returns would be line ends for some readers and none for others.
  const whole = reasoning.replace(/\r\n?/g, "\n").trim();
  const thought = reasoningOf(whole, options);
  if (thought === "") return { problem: "empty" };
  if (TEMPLATE_MARK.test(thought)) return { problem: "template_mark" };
  if (thought !== whole) {
    const { letter } = extractAnswer(whole, options);
    if (letter !== null && letter !== question.answer) return { problem: "other_letter" };
  }
  const text = renderAnswer(question.answer, "cot", thought);
  const isRead = extractAnswer(text, options).letter === question.answer;
  return isRead ? { text } : { problem: "unreadable" };
}
