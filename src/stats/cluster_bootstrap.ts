import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { bcaInterval } from "./bca_interval.ts";
import type { Interval } from "./wilson_interval.ts";

/** Questions that share an article, summed up: they are drawn together. */
export interface Cluster {
  /** Questions gained minus questions lost. */
  readonly sum: number;
  /** Questions. */
  readonly size: number;
}

/** How often and from where a bootstrap draws. */
export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
}

/** What every comparison uses unless told otherwise. */
export const DEFAULT_BOOTSTRAP: BootstrapOptions = { resamples: 10_000, seed: 42 };

/**
 * 95 % interval of the difference per question, by a bootstrap that draws whole clusters with
 * replacement, then BCa. The same seed gives the same interval.
 * Source of drawing clusters: Davison and Hinkley, "Bootstrap methods and their application" (1997),
 * section 3.8; the difference of a resample is its sum divided by its own number of questions.
 * @returns undefined where nothing changed, or everything changed alike: no spread to draw from.
 */
export function clusterBootstrapInterval(
  clusters: readonly Cluster[],
  { resamples, seed }: BootstrapOptions = DEFAULT_BOOTSTRAP,
): Interval | undefined {
  const count = clusters.length;
  const sums = Float64Array.from(clusters, ({ sum }) => sum);
  const sizes = Float64Array.from(clusters, ({ size }) => size);
  const random = xoroshiro128plus(seed);
  const replicates = new Float64Array(resamples);
  for (let k = 0; k < resamples; k++) {
    let [sum, size] = [0, 0];
    for (let drawn = 0; drawn < count; drawn++) {
      // 32 random bits scaled to the count: off by less than count / 2^32.
      const one = Math.floor((random.next() >>> 0) / 0x1_0000_0000 * count);
      sum += sums[one]!;
      size += sizes[one]!;
    }
    replicates[k] = sum / size;
  }
  const total = { sum: sums.reduce(add, 0), size: sizes.reduce(add, 0) };
  return bcaInterval({
    observed: total.sum / total.size,
    replicates,
    jackknife: count < 2
      ? []
      : clusters.map(({ sum, size }) => (total.sum - sum) / (total.size - size)),
  });
}

function add(x: number, y: number): number {
  return x + y;
}
