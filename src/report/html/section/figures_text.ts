import type { CountedShare } from "../../../compare/paired_statistics.ts";
import type { Interval } from "../../../stats/wilson_interval.ts";
import { share } from "../../console_report.ts";
import { html, type Markup } from "../markup.ts";

/** A share on an axis. */
export function percent(value: number): string {
  return `${Math.round(100 * value)}%`;
}

/** A share with its count: 25.0 % (35/140). */
export function countedShareText({ share: value, count, total }: CountedShare): Markup {
  return html`${share(value)} <small>(${count}/${total})</small>`;
}

/** Both ends of an interval of shares. */
export function intervalText({ low, high }: Interval): string {
  return `${(100 * low).toFixed(1)}–${share(high)}`;
}

/** A number with as many digits as tell something. */
export function shortNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toPrecision(2);
}
