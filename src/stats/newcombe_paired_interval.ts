import { type Interval, wilsonInterval } from "./wilson_interval.ts";

/** Two runs on the same questions, counted. */
export interface PairedCounts {
  readonly bothRight: number;
  /** Right only in the second run. */
  readonly gained: number;
  /** Right only in the first run. */
  readonly lost: number;
  readonly bothWrong: number;
}

/**
 * 95 % interval of the difference of two paired shares (second minus first), from both Wilson
 * intervals and the correlation of the pairs. It takes questions as independent of one another.
 * Source: method 10 of Newcombe, "Improved confidence intervals for the difference between binomial
 * proportions based on paired data", Statistics in Medicine 17 (1998).
 * @returns ends from -1 to 1.
 * @throws {RangeError} without any pair.
 */
export function newcombePairedInterval(counts: PairedCounts): Interval {
  const { bothRight, gained, lost, bothWrong } = counts;
  const total = bothRight + gained + lost + bothWrong;
  const [first, second] = [bothRight + lost, bothRight + gained];
  const firstEnds = wilsonInterval(first, total);
  const secondEnds = wilsonInterval(second, total);
  const [p1, p2] = [first / total, second / total];
  const phi = correlation(counts);
  const arm = (x: number, y: number) => Math.sqrt(x * x - 2 * phi * x * y + y * y);
  return {
    low: p2 - p1 - arm(p2 - secondEnds.low, firstEnds.high - p1),
    high: p2 - p1 + arm(secondEnds.high - p2, p1 - firstEnds.low),
  };
}

/** Pearson's φ with the continuity correction of method 10, which only lowers a positive one. */
function correlation({ bothRight, gained, lost, bothWrong }: PairedCounts): number {
  const total = bothRight + gained + lost + bothWrong;
  const margins = (bothRight + lost) * (gained + bothWrong) * (bothRight + gained) *
    (lost + bothWrong);
  if (margins === 0) return 0;
  const product = bothRight * bothWrong - gained * lost;
  return (product > 0 ? Math.max(0, product - total / 2) : product) / Math.sqrt(margins);
}
