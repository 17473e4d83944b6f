import { ORDER_NAMES } from "../dataset/choice_orders.ts";
import { formatChoices } from "../dataset/parse_choices.ts";
import type { Question } from "../dataset/question.ts";
import { sha256Hex } from "../dataset/sha256.ts";

/**
 * Which order of the choices breaks a tie among the orders of this question: each of them for about
 * every fourth question, so that a place liked by the model gains nothing. Drawn by the SHA-256 of
 * the text and its choices: the same in every run, however often it was resumed.
 * @param question with its choices as in the file.
 * @returns a place in {@linkcode ORDER_NAMES}.
 */
export async function drawOrder(
  { question, choices }: Pick<Question, "question" | "choices">,
): Promise<number> {
  const digest = await sha256Hex(`${question}\n${formatChoices(choices)}`);
  return Number.parseInt(digest.slice(0, 8), 16) % ORDER_NAMES.length;
}
