import { normalCdf, normalQuantile } from "./normal_distribution.ts";
import type { Interval } from "./wilson_interval.ts";

/** What a BCa interval is made of. */
export interface BootstrapSample {
  /** The figure of the data themselves. */
  readonly observed: number;
  /** The figure of every resample; sorted by this function. */
  readonly replicates: Float64Array;
  /** The figure with each unit left out in turn. */
  readonly jackknife: readonly number[];
}

/**
 * Bias-corrected and accelerated bootstrap interval. Ties with the observed figure count half, as
 * they must for counts, and quantiles are interpolated linearly: the same choices as SciPy's.
 * Source: Efron, "Better bootstrap confidence intervals", JASA 82 (1987).
 * @param level share of intervals that shall hold the true figure.
 * @returns undefined where all resamples, or all but the observed side, agree: there is no spread to
 * build an interval from.
 */
export function bcaInterval(sample: BootstrapSample, level = 0.95): Interval | undefined {
  const { observed, jackknife } = sample;
  const sorted = sample.replicates.sort();
  if (sorted.length === 0 || sorted[0] === sorted.at(-1)) return undefined;
  let [below, equal] = [0, 0];
  for (const value of sorted) {
    if (value < observed) below++;
    else if (value === observed) equal++;
    else break;
  }
  const bias = normalQuantile((below + equal / 2) / sorted.length);
  const acceleration = accelerationOf(jackknife);
  const end = (share: number) => {
    const z = bias + normalQuantile(share);
    return quantile(sorted, normalCdf(bias + z / (1 - acceleration * z)));
  };
  if (!Number.isFinite(bias)) return undefined;
  return { low: end((1 - level) / 2), high: end((1 + level) / 2) };
}

function accelerationOf(jackknife: readonly number[]): number {
  const mean = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let [squares, cubes] = [0, 0];
  for (const value of jackknife) {
    const distance = mean - value;
    squares += distance ** 2;
    cubes += distance ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** Type 7 of Hyndman and Fan, "Sample quantiles in statistical packages" (1996). */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
