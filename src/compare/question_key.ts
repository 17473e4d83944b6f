import { parseChoices } from "../dataset/parse_choices.ts";
import { type Choices, LETTERS } from "../dataset/question.ts";

/**
 * What makes questions of two files the same one: text and choices in their order. Files hold
 * choices as four lines or by letter, and the older evaluator's files no position.
 * @param occurrence how many questions with this text and these choices stand before it.
 */
export function questionKey(question: string, choices: Choices | string, occurrence = 0): string {
  const texts = typeof choices === "string"
    ? choices.trim()
    : LETTERS.map((letter) => choices[letter].trim());
  return JSON.stringify([question.trim(), texts, occurrence]);
}

/** The choices by letter; undefined where the text has another form. */
export function readChoices(choices: unknown): Choices | undefined {
  if (typeof choices === "string") {
    try {
      return parseChoices(choices);
    } catch {
      return undefined;
    }
  }
  const byLetter = choices as Partial<Record<string, unknown>> | null;
  if (typeof byLetter !== "object" || byLetter === null) return undefined;
  const isWhole = LETTERS.every((letter) => typeof byLetter[letter] === "string");
  return isWhole ? byLetter as unknown as Choices : undefined;
}

/** Gives questions of one file their keys, in the file's order. */
export class QuestionKeys {
  readonly #seen = new Map<string, number>();

  next(question: string, choices: Choices | string): string {
    const first = questionKey(question, choices);
    const before = this.#seen.get(first) ?? 0;
    this.#seen.set(first, before + 1);
    return before === 0 ? first : questionKey(question, choices, before);
  }
}
