import { type Letter, LETTERS } from "../dataset/question.ts";

/** One question whose four letters all have a probability. */
export interface LetterForecast {
  /** Sum 1. */
  readonly probabilities: Readonly<Record<Letter, number>>;
  readonly correct: Letter;
}

/** Questions whose most probable letter had a probability in one range. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean probability of the most probable letter. */
  readonly confidence: number;
  /** Share of them where that letter was correct. */
  readonly accuracy: number;
}

/** How far letter probabilities can be taken at their word. */
export interface Calibration {
  /** Questions it was measured on. */
  readonly count: number;
  /** Expected calibration error: mean distance of confidence and accuracy, 0 to 1. */
  readonly ece: number;
  /** Mean squared error over the four letters, 0 to 2; always 1/4 each gives 0.75. */
  readonly brier: number;
  /** Bins that hold any question, from low to high. */
  readonly bins: readonly ReliabilityBin[];
}

const BINS = 10;

/**
 * Calibration of letter probabilities: ten bins of equal width by the most probable letter (the first
 * of equal ones).
 * Sources: Brier, "Verification of forecasts expressed in terms of probability" (1950); expected
 * calibration error as in Guo et al., "On calibration of modern neural networks" (2017). With few
 * questions the latter is biased upwards: a perfect forecaster shows more than 0.
 * @returns undefined without any question.
 */
export function measureCalibration(forecasts: readonly LetterForecast[]): Calibration | undefined {
  if (forecasts.length === 0) return undefined;
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, hits: 0 }));
  let squares = 0;
  for (const { probabilities, correct } of forecasts) {
    const top = LETTERS.reduce((best, next) =>
      probabilities[next] > probabilities[best] ? next : best
    );
    const confidence = probabilities[top];
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))]!;
    bin.count++;
    bin.confidence += confidence;
    if (top === correct) bin.hits++;
    for (const letter of LETTERS) {
      squares += (probabilities[letter] - (letter === correct ? 1 : 0)) ** 2;
    }
  }
  return {
    count: forecasts.length,
    ece: bins.reduce((sum, { confidence, hits }) => sum + Math.abs(confidence - hits), 0) /
      forecasts.length,
    brier: squares / forecasts.length,
    bins: bins.flatMap(({ count, confidence, hits }, index) =>
      count === 0 ? [] : [{
        low: index / BINS,
        high: (index + 1) / BINS,
        count,
        confidence: confidence / count,
        accuracy: hits / count,
      }]
    ),
  };
}
