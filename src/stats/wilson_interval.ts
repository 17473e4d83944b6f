/** A closed interval of a share, both ends from 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantile of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * 95 % score interval of a binomial share without continuity correction.
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
 * (1927).
 * @throws {RangeError} unless 0 ≤ successes ≤ trials and trials ≥ 1.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) {
    throw new RangeError(`No share of ${successes} in ${trials}`);
  }
  const z2 = Z_95 * Z_95;
  const share = successes / trials;
  const centre = share + z2 / (2 * trials);
  const spread = Z_95 * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  return {
    low: successes === 0 ? 0 : (centre - spread) / scale,
    high: successes === trials ? 1 : (centre + spread) / scale,
  };
}
