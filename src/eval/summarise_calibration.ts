import { LETTERS } from "../dataset/question.ts";
import type { LetterPrior } from "./letter_prior.ts";
import type { CalibrationSummary } from "./order_schema.ts";
import type { QuestionResult } from "./result_schema.ts";
import { score } from "./summarise_orders.ts";

/**
 * What taking off the letter prior changed, over the questions that have a calibrated answer;
 * undefined where none has.
 * @param results of a run with `--calibrate`.
 */
export function summariseCalibration(
  results: readonly QuestionResult[],
  prior: LetterPrior,
): CalibrationSummary | undefined {
  const both = results.flatMap((plain) => {
    const { calibrated } = plain;
    return calibrated === undefined ? [] : [{ plain, calibrated }];
  });
  if (both.length === 0) return undefined;
  const changed = both.filter(({ plain, calibrated }) =>
    plain.predicted_answer !== calibrated.predicted_answer
  );
  const letters = { a: 0, b: 0, c: 0, d: 0 };
  for (const { calibrated } of both) letters[calibrated.predicted_answer]++;
  const majorities = results.flatMap(({ calibrated_majority: majority }) => majority ?? []);
  return {
    ...score(both.filter(({ calibrated }) => calibrated.is_correct).length, both.length),
    plain_correct_count: both.filter(({ plain }) => plain.is_correct).length,
    changed_count: changed.length,
    gained_count: changed.filter(({ calibrated }) => calibrated.is_correct).length,
    lost_count: changed.filter(({ plain }) => plain.is_correct).length,
    not_calibrated_count: results.length - both.length,
    predicted_letters: letters,
    prior: Object.fromEntries(
      LETTERS.map((letter) => [letter, Number(Math.exp(prior[letter]).toFixed(9))]),
    ) as CalibrationSummary["prior"],
    ...(majorities.length === 0 ? {} : {
      majority: score(
        majorities.filter(({ is_correct: isCorrect }) => isCorrect).length,
        majorities.length,
      ),
    }),
  };
}
