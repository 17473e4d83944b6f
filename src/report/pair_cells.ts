import type { PairComparison } from "../compare/compare_runs.ts";
import { points, pointsInterval, pValue } from "./figures.ts";

/**
 * What a report's table says of a run against the first one, behind its name and how many it has
 * right: gained, lost, difference in points, its 95 % interval, McNemar p, the same after Holm's
 * adjustment, difference that could have been found in points, questions needed.
 */
export function pairCells(
  { statistics, p, adjustedP, sensitivity }: PairComparison,
): readonly string[] {
  const { counts, difference, bootstrap, newcombe } = statistics;
  const { detectable, questionsNeeded } = sensitivity;
  return [
    String(counts.gained),
    String(counts.lost),
    points(difference),
    pointsInterval(bootstrap ?? newcombe),
    pValue(p),
    pValue(adjustedP),
    detectable === undefined ? "–" : (100 * detectable).toFixed(1),
    questionsNeeded?.toLocaleString("en") ?? "–",
  ];
}

/**
 * Behind the titles of the last two of {@linkcode pairCells}: of several comparisons the power is
 * that of Holm's strictest step.
 */
export function powerStep(pairs: readonly PairComparison[]): string {
  return pairs.length > 1 ? " (Holm)" : "";
}
