import { type Letter, LETTERS } from "../dataset/question.ts";
import type { LetterLogprobs } from "../llm/llm.ts";
import { logSoftmax } from "../llm/log_softmax.ts";

/** Natural-log probabilities of all four letters, renormalised over them. */
export type LetterPrior = Readonly<Record<Letter, number>>;

/** The log-probabilities as a prior; undefined unless all four letters are known. */
export function asPrior(logprobs: LetterLogprobs | undefined): LetterPrior | undefined {
  return LETTERS.every((letter) => logprobs?.[letter] !== undefined)
    ? logprobs as LetterPrior
    : undefined;
}

/** The likeliest letter once the prior is taken off. */
export interface CalibratedLetter {
  /** Of equal ones the first. */
  readonly letter: Letter;
  readonly letterLogprobs: LetterPrior;
}

/**
 * Takes the letter prior off: log-probabilities minus the prior's, renormalised over the four letters.
 * Source: contextual calibration of Zhao, Wallace, Feng, Klein and Singh, "Calibrate before use:
 * improving few-shot performance of language models", ICML 2021, with W = diag(p_cf)⁻¹ and b = 0.
 * @returns undefined unless all four letters are known.
 */
export function calibrateLetters(
  logprobs: LetterLogprobs | undefined,
  prior: LetterPrior,
): CalibratedLetter | undefined {
  const known = asPrior(logprobs);
  if (known === undefined) return undefined;
  const scores = LETTERS.map((letter) => known[letter] - prior[letter]);
  const calibrated = logSoftmax(scores);
  return {
    letter: LETTERS[scores.indexOf(Math.max(...scores))]!,
    letterLogprobs: Object.fromEntries(
      LETTERS.map((letter, at) => [letter, calibrated[at]!]),
    ) as Record<Letter, number>,
  };
}
