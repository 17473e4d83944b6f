import { LETTERS } from "../dataset/question.ts";
import type { Summary } from "../eval/result_schema.ts";
import { row } from "./console_row.ts";
import { pValue, share } from "./figures.ts";

type Orders = NonNullable<Summary["orders"]>;
type Calibration = NonNullable<Summary["calibration"]>;
type Interval = Summary["accuracy_interval"];

/** A preference of one place is worth a warning below this p-value. */
const SIGNIFICANCE = 0.01;

/**
 * What the order of the choices changed, as lines of the final block.
 * @param warn styles a line that must not be overlooked.
 */
export function orderLines(orders: Orders, warn: (text: string) => string): string[] {
  const { by_order: byOrder, consistent_correct: all, consistent, majority } = orders;
  const lines = [
    "Orders of the choices",
    ...byOrder.map((one) =>
      row(
        `  ${one.order}`,
        accuracy(one) + counts([
          ["unparsed", one.unparsed_count],
          ["truncated", one.truncated_count],
          ["error", one.error_count],
          ["not asked", one.not_asked_count],
        ]),
      )
    ),
    row("  all right", `${share(all.rate)} (${all.count}/${all.total_count})${between(all)}`),
  ];
  if (consistent !== undefined) {
    const { rate, count, total_count: total } = consistent;
    lines.push(row("  same choice", `${share(rate)} (${count}/${total}), right or wrong`));
  }
  lines.push(row(
    "  majority",
    accuracy(majority) + counts([
      [`decided by a tie rule${drawnTies(majority)}`, majority.tie_count],
      ["unparsed", majority.unparsed_count],
      ["truncated", majority.truncated_count],
      ["error", majority.error_count],
    ]),
  ));
  return [...lines, ...biasLines(orders, warn)];
}

/** How many ties no log-probability broke. */
function drawnTies({ drawn_tie_count: drawn = 0 }: Orders["majority"]): string {
  return drawn === 0 ? "" : ` (${drawn} by an order drawn per question)`;
}

function biasLines({ position_bias: bias }: Orders, warn: (text: string) => string): string[] {
  if (bias === undefined) return [];
  const { letters, letter, count, answer_count: answered, p_value: p } = bias;
  const given = LETTERS.map((one) => `${one} ${letters[one]}`).join("  ");
  const lines = [row("  letters", `${given}  of ${answered}, over all orders`)];
  const share4 = `${share(bias.share)} (${count}/${answered})`;
  const test = `exact test within questions, p = ${pValue(p)}`;
  if (p >= SIGNIFICANCE) {
    return [
      ...lines,
      row("  position", `no preference shown: most often ${letter}, ${share4}; ${test}`),
    ];
  }
  return [
    ...lines,
    warn(
      `WARNING: "${letter}" is answered in ${share4} of all answers, whichever choice stands there ` +
        `(25 % without a preference; ${test}).`,
    ),
  ];
}

/** What taking off the letter prior changed, as lines of the final block. */
export function calibrationLines(calibration: Calibration): string[] {
  const {
    plain_correct_count: plain,
    total_count: total,
    changed_count: changed,
    gained_count: gained,
    lost_count: lost,
    not_calibrated_count: missing,
    prior,
    majority,
  } = calibration;
  return [
    "Calibrated by a blank question (beside the answers above, not instead of them)",
    row("  prior", LETTERS.map((letter) => `${letter} ${share(prior[letter])}`).join("  ")),
    row("  accuracy", accuracy(calibration)),
    row(
      "  before",
      `${
        share(plain / total)
      } (${plain}/${total}), ${changed} letters changed: ${gained} gained, ` +
        `${lost} lost` + counts([["not calibrated", missing]]),
    ),
    ...(majority === undefined ? [] : [row("  majority", accuracy(majority))]),
  ];
}

function accuracy(
  { accuracy, correct_count: correct, total_count: total, accuracy_interval: interval }: {
    accuracy: number;
    correct_count: number;
    total_count: number;
    accuracy_interval: Interval;
  },
): string {
  return `${share(accuracy)} (${correct}/${total})${between({ interval })}`;
}

function between({ interval: { low, high } }: { interval: Interval }): string {
  return `, 95 % interval ${share(low)} to ${share(high)}`;
}

/** Those that are not zero. */
function counts(named: readonly (readonly [string, number])[]): string {
  const some = named.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
  return some.length === 0 ? "" : `; ${some.join(", ")}`;
}
