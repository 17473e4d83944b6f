import { extractAnswer, reasoningOf } from "../../eval/extract_answer.ts";
import { hasTemplateMark } from "../../eval/normalise_answer_text.ts";
import { renderAnswer } from "../../prompt/render_prompt.ts";
import type { Question } from "../question.ts";

/** An answer to learn, or why a reasoning gives none. */
export type ChainOfThought =
  | { readonly text: string }
  | {
    readonly problem: "empty" | "template_mark" | "other_letter" | "several_letters" | "unreadable";
  };

/**
 * The assistant's turn that a reasoning gives: the reasoning without its own final answer, then the
 * answer line of the worked examples. The evaluation reads it as the question's letter, and reads no
 * other letter out of the reasoning: what concludes "c" must not teach to write "b" below it.
 */
export function chainOfThought(reasoning: string, question: Question): ChainOfThought {
  const options = { mode: "cot", choices: question.choices } as const;
  // Lone carriage returns would be line ends for some readers and none for others.
  const whole = reasoning.replace(/\r\n?/g, "\n").trim();
  // Of the whole: the reading below takes thinking tags away, and would let their inside through.
  if (hasTemplateMark(whole)) return { problem: "template_mark" };
  const thought = reasoningOf(whole, options);
  if (thought === "") return { problem: "empty" };
  // The thought too: its own last sentence may say another letter than the line below it.
  for (const part of new Set([whole, thought])) {
    const read = extractAnswer(part, options);
    if (read.letter !== null && read.letter !== question.answer) return { problem: "other_letter" };
    if (part === whole && read.letter === null && read.reason === "several") {
      return { problem: "several_letters" };
    }
  }
  const text = renderAnswer(question.answer, "cot", thought);
  const isRead = extractAnswer(text, options).letter === question.answer;
  return isRead ? { text } : { problem: "unreadable" };
}
