import { type Letter, LETTERS } from "../dataset/question.ts";
import { blindAccuracy } from "../stats/blind_accuracy.ts";
import { type Calibration, measureCalibration } from "../stats/calibration.ts";
import { findLetterTakeover, type LetterTakeover } from "../stats/letter_takeover.ts";
import type { ComparedQuestion } from "./compared_run.ts";

/** Which letters a run gave, and what they alone are worth. */
export interface LetterProfile {
  readonly counts: Readonly<Record<Letter, number>>;
  /** Without a letter. */
  readonly none: number;
  readonly takeover?: LetterTakeover;
  /** Accuracy to expect from these letters given blindly. */
  readonly blindAccuracy: number;
  /** Where letter probabilities are known, of how many questions. */
  readonly calibration?: Calibration;
}

/** @param questions at least one. */
export function letterProfile(questions: readonly ComparedQuestion[]): LetterProfile {
  const counts = countLetters(questions.map(({ predicted }) => predicted));
  const gold = countLetters(questions.map(({ correct }) => correct));
  const takeover = findLetterTakeover(counts, gold);
  const calibration = measureCalibration(
    questions.flatMap(({ probabilities, correct }) =>
      probabilities === undefined ? [] : [{ probabilities, correct }]
    ),
  );
  return {
    counts,
    none: questions.filter(({ predicted }) => predicted === undefined).length,
    ...(takeover === undefined ? {} : { takeover }),
    blindAccuracy: blindAccuracy(counts, gold, questions.length),
    ...(calibration === undefined ? {} : { calibration }),
  };
}

/** How often each letter occurs. */
export function countLetters(letters: readonly (Letter | undefined)[]): Record<Letter, number> {
  const counts = { a: 0, b: 0, c: 0, d: 0 };
  for (const letter of LETTERS) counts[letter] = letters.filter((one) => one === letter).length;
  return counts;
}
