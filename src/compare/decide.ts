import type { PairedStatistics } from "./paired_statistics.ts";

/** What the right and wrong answers of two runs allow to say of the second. */
export type Decision = "better" | "worse" | "no_difference_shown";

/** Chance of a false "better" or "worse" that a comparison may have. */
export const SIGNIFICANCE = 0.05;

/** The p-value that decides: the larger one of exact McNemar with and without clusters. */
export function decidingP({ mcnemar, clusteredP }: PairedStatistics): number {
  return Math.max(mcnemar.exact, clusteredP);
}

/**
 * The rule. "Better" (or "worse") only if all agree: exact McNemar and its form that swaps whole
 * clusters are both below 5 %, after Holm's adjustment where several runs are compared with one
 * baseline, and the bootstrap interval lies on one side of zero. Else no difference is shown.
 * @param adjustedP {@linkcode decidingP}, adjusted.
 */
export function decide(
  { difference, bootstrap, counts }: PairedStatistics,
  adjustedP: number,
): Decision {
  if (adjustedP >= SIGNIFICANCE || counts.gained === counts.lost) return "no_difference_shown";
  // Where every question changed in the same way there is no interval, and no doubt.
  if (bootstrap !== undefined && bootstrap.low <= 0 && bootstrap.high >= 0) {
    return "no_difference_shown";
  }
  return difference > 0 ? "better" : "worse";
}
