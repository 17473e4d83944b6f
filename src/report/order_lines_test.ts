import assert from "node:assert/strict";
import { calibrationLines, orderLines } from "./order_lines.ts";
import type { Summary } from "../eval/result_schema.ts";

const figures = (correct: number, total: number) => ({
  accuracy: correct / total,
  correct_count: correct,
  total_count: total,
  accuracy_interval: { low: 0.1, high: 0.9 },
});
const rate = (count: number, total: number) => ({
  rate: count / total,
  count,
  total_count: total,
  interval: { low: 0.2, high: 0.8 },
});
const none = { wrong_count: 0, unparsed_count: 0, truncated_count: 0, error_count: 0 };
const letters = { a: 9, b: 1, c: 1, d: 1 };
const ORDERS: NonNullable<Summary["orders"]> = {
  by_order: [
    { order: "0123", ...figures(2, 4), ...none, not_asked_count: 0, shown_letters: letters },
    {
      ...{ order: "2031" as const, ...figures(1, 4), ...none, not_asked_count: 1 },
      ...{ unparsed_count: 1, truncated_count: 1, shown_letters: letters },
    },
  ],
  consistent_correct: rate(1, 4),
  consistent: rate(2, 3),
  majority: { ...figures(3, 4), ...none, tie_count: 2, error_count: 1 },
  position_bias: {
    ...{ letter: "a", count: 9, answer_count: 12, share: 0.75, letters },
    ...{ question_count: 3, p_value: 0.00289 },
  },
};
const warn = (text: string) => `<${text}>`;

Deno.test("each order with its count and interval, what is missing told apart", () => {
  const lines = orderLines(ORDERS, warn).join("\n");
  for (
    const expected of [
      /^Orders of the choices\n/,
      /0123: +50\.0 % \(2\/4\), 95 % interval 10\.0 % to 90\.0 %\n/,
      /2031: +25\.0 % \(1\/4\), .*; 1 unparsed, 1 truncated, 1 not asked\n/,
      /all right: +25\.0 % \(1\/4\), 95 % interval 20\.0 % to 80\.0 %\n/,
      /same choice: +66\.7 % \(2\/3\), right or wrong\n/,
      /majority: +75\.0 % \(3\/4\), .*; 2 decided by a tie rule, 1 error\n/,
      /letters: +a 9 {2}b 1 {2}c 1 {2}d 1 {2}of 12, over all orders\n/,
    ]
  ) assert.match(lines, expected);
});

Deno.test("ties that an order drawn per question broke are told", () => {
  const majority = { ...ORDERS.majority, tie_count: 5, drawn_tie_count: 3 };
  assert.match(
    orderLines({ ...ORDERS, majority }, warn).join("\n"),
    /; 5 decided by a tie rule \(3 by an order drawn per question\), 1 error\n/,
  );
});

Deno.test("a preferred place is a warning, an unproven one is not", () => {
  const [line] = orderLines(ORDERS, warn).slice(-1);
  assert.match(line!, /^<WARNING: "a" is answered in 75\.0 % \(9\/12\) .*p = 0\.0029\)\.>$/);
  const fair = { ...ORDERS, position_bias: { ...ORDERS.position_bias!, p_value: 0.2 } };
  const [calm] = orderLines(fair, warn).slice(-1);
  assert.match(
    calm!,
    /position: +no preference shown: most often a, 75\.0 % \(9\/12\); .*p = 0\.2000$/,
  );
});

Deno.test("where nothing was answered there are no rates to show", () => {
  const { consistent: _, position_bias: __, ...rest } = ORDERS;
  const lines = orderLines(rest, warn).join("\n");
  assert.ok(!/same choice|letters|position|undefined|NaN/.test(lines));
});

Deno.test("calibration shows what it changed both ways, on the same questions", () => {
  const lines = calibrationLines({
    ...figures(3, 5),
    ...{ plain_correct_count: 2, changed_count: 4, gained_count: 2, lost_count: 1 },
    not_calibrated_count: 3,
    predicted_letters: letters,
    prior: { a: 0.7, b: 0.1, c: 0.1, d: 0.1 },
    majority: figures(1, 5),
  }).join("\n");
  for (
    const expected of [
      /beside the answers above, not instead of them/,
      /prior: +a 70\.0 % {2}b 10\.0 % {2}c 10\.0 % {2}d 10\.0 %\n/,
      /accuracy: +60\.0 % \(3\/5\), 95 % interval/,
      /before: +40\.0 % \(2\/5\), 4 letters changed: 2 gained, 1 lost; 3 not calibrated\n/,
      /majority: +20\.0 % \(1\/5\)/,
    ]
  ) assert.match(lines, expected);
});
