import { type Letter, LETTERS } from "../dataset/question.ts";

/**
 * Probabilities of sum 1 from natural-log probabilities; undefined unless all four letters have one.
 */
export function letterProbabilities(
  logprobs: Readonly<Partial<Record<Letter, number>>> | undefined,
): Record<Letter, number> | undefined {
  if (logprobs === undefined || LETTERS.some((letter) => logprobs[letter] === undefined)) {
    return undefined;
  }
  const raw = LETTERS.map((letter) => Math.exp(logprobs[letter]!));
  const sum = raw.reduce((total, one) => total + one, 0);
  const [a = 0, b = 0, c = 0, d = 0] = raw.map((one) => one / sum);
  return { a, b, c, d };
}
