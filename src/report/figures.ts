import type { Interval } from "../stats/wilson_interval.ts";

/** A share as per cent with one decimal. */
export function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

/** A difference of shares in points with its sign: +9.3. */
export function points(difference: number): string {
  const rounded = (100 * difference).toFixed(1);
  if (Number(rounded) === 0) return "0.0";
  return difference > 0 ? `+${rounded}` : rounded.replace("-", "−");
}

/** Both ends of an interval of differences. */
export function pointsInterval({ low, high }: Interval): string {
  return `${points(low)} to ${points(high)}`;
}

/** A share with its count, as honest numbers need: 34.3 % (48/140). */
export function countedPercent(count: number, total: number): string {
  return total === 0 ? `– (0/0)` : `${share(count / total)} (${count}/${total})`;
}

/** A time to the minute, in UTC: 2026-01-02 03:04. */
export function moment(at: Date): string {
  return at.toISOString().slice(0, 16).replace("T", " ");
}

/** A p-value: four decimals, smaller ones as a power of ten. */
export function pValue(p: number): string {
  return p < 0.0001 ? p.toExponential(1).replace("-", "−") : p.toFixed(4);
}
