import { LETTERS } from "../dataset/question.ts";
import type { LetterCounts } from "./letter_takeover.ts";

/**
 * Accuracy to expect of somebody who gives the letters as often as the model did, but blindly: what
 * is beyond it is not explained by liking the right letters.
 * Source: the chance agreement of Cohen, "A coefficient of agreement for nominal scales" (1960).
 * @param asked all questions, those without a letter included.
 */
export function blindAccuracy(predicted: LetterCounts, gold: LetterCounts, asked: number): number {
  return LETTERS.reduce((sum, letter) => sum + predicted[letter] * gold[letter], 0) / asked ** 2;
}
