import { extractAnswer } from "../../eval/extract_answer.ts";
import type { PreparedEvaluation } from "../../eval/prepare_evaluation.ts";
import type { ChatMessage } from "../../llm/llm.ts";
import { renderAnswer } from "../../prompt/render_prompt.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { articleKeysOfQuestion } from "../leaks/article_keys.ts";
import type { Letter, Question } from "../question.ts";
import { chainOfThought } from "./chain_of_thought.ts";
import type { Reasonings } from "./read_reasonings.ts";

/** One line of a file to train on. */
export interface FinetuneRecord {
  readonly id: string;
  /** What an evaluation sends, byte for byte, and behind it the assistant's turn to learn. */
  readonly messages: readonly ChatMessage[];
  readonly answer: Letter;
  /** What the question is about, for `houqa dataset check`; shown or not. */
  readonly articles: readonly { readonly key: string; readonly name: string }[];
}

/** Why questions have no record; each question counts once. */
export interface LeftOut {
  /** No file has a right response or a line for them. */
  noReasoning: number;
  /** Right responses were to another prompt: other statutes, or another wording. */
  otherPrompt: number;
  /** None of their reasonings can be learnt from. */
  unusable: number;
}

/** Records and what became of the questions without one. */
export interface FinetuneRecords {
  readonly records: readonly FinetuneRecord[];
  readonly leftOut: Readonly<LeftOut>;
  /** Records made of each file of reasonings. */
  readonly usedOfFile: readonly number[];
}

/**
 * The records of an evaluation's questions, in their order.
 * @param ids of the questions, in their order.
 * @param reasonings for chains of thought; absent for direct answers.
 * @throws {UsageError} when nothing can be made, or for an answer that evaluation would not read as
 * the right letter.
 */
export async function makeRecords(
  { questions, prompts, style }: PreparedEvaluation,
  ids: readonly string[],
  reasonings?: Reasonings,
): Promise<FinetuneRecords> {
  const records: FinetuneRecord[] = [];
  const leftOut: LeftOut = { noReasoning: 0, otherPrompt: 0, unusable: 0 };
  const usedOfFile = (reasonings?.files ?? []).map(() => 0);
  for (const [at, question] of questions.entries()) {
    const { messages } = (await prompts.prepare(question)).prompt;
    let answer: string;
    if (reasonings === undefined) {
      answer = renderAnswer(question.answer, "direct");
    } else {
      const found = findReasoning(question, messages.at(-1)!.content, reasonings);
      if ("reason" in found) {
        leftOut[found.reason]++;
        continue;
      }
      answer = found.text;
      usedOfFile[found.file]!++;
    }
    const { letter } = extractAnswer(answer, { mode: style.mode, choices: question.choices });
    if (letter !== question.answer) {
      throw new UsageError(
        `The answer ${JSON.stringify(answer.slice(-100))} to question ${question.index} ` +
          `(${ids[at]}) would be read as ${letter ?? "no letter"} instead of ${question.answer}. ` +
          "Check its 選択肢.",
      );
    }
    records.push({
      id: ids[at]!,
      messages: [
        ...messages.map(({ role, content }) => ({ role, content })),
        { role: "assistant", content: answer },
      ],
      answer: question.answer,
      articles: [...articleKeysOfQuestion(question)].map(([key, name]) => ({ key, name })),
    });
  }
  if (records.length === 0) throw nothingLeft(leftOut, reasonings?.unknownIds ?? 0);
  return { records, leftOut, usedOfFile };
}

function findReasoning(
  question: Question,
  prompt: string,
  { byIndex }: Reasonings,
): { text: string; file: number } | { reason: keyof LeftOut } {
  const candidates = byIndex.get(question.index) ?? [];
  if (candidates.length === 0) return { reason: "noReasoning" };
  const fitting = candidates.filter((one) => one.prompt === undefined || one.prompt === prompt);
  for (const { text, file } of fitting) {
    const made = chainOfThought(text, question);
    if ("text" in made) return { text: made.text, file };
  }
  return { reason: fitting.length === 0 ? "otherPrompt" : "unusable" };
}

function nothingLeft(leftOut: LeftOut, unknownIds: number): UsageError {
  const { noReasoning, otherPrompt, unusable } = leftOut;
  const counts = [
    [noReasoning, "have no right response or line in --reasonings"],
    [otherPrompt, "were asked with another prompt (give the same --context and search as the run)"],
    [unusable, "have reasonings that can't be used"],
  ].filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`).join("; ");
  const strangers = unknownIds === 0 ? "" : ` ${unknownIds} lines have ids that no question has.`;
  return new UsageError(`No record can be made. Of the questions, ${counts}.${strangers}`);
}
