import type { Letter } from "../dataset/question.ts";
import type { LetterLogprobs } from "../llm/llm.ts";
import { calibrateLetters, type LetterPrior } from "./letter_prior.ts";
import type { CalibratedAnswer } from "./order_schema.ts";

/**
 * An answer with the letter prior taken off.
 * @param correct the right letter, as shown.
 * @returns undefined without a prior, or where not all four letters' log-probabilities are known.
 */
export function calibratedAnswer(
  { letter_logprobs: logprobs }: { readonly letter_logprobs?: LetterLogprobs },
  correct: Letter,
  prior: LetterPrior | undefined,
): CalibratedAnswer | undefined {
  const calibrated = prior && calibrateLetters(logprobs, prior);
  if (calibrated === undefined) return undefined;
  return {
    predicted_answer: calibrated.letter,
    is_correct: calibrated.letter === correct,
    letter_logprobs: { ...calibrated.letterLogprobs },
  };
}
