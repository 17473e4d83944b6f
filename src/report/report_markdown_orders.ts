import { ORDER_NAMES } from "../dataset/choice_orders.ts";
import { LETTERS } from "../dataset/question.ts";
import { countedPercent, pValue, share } from "./figures.ts";
import type { NamedRun } from "./html/report_model.ts";
import { left, type ReportBlock, right as figures } from "./report_block.ts";

/** How far answers hang on the order of the choices and on a liking for letters. */
export function orderBlocks(runs: readonly NamedRun[]): ReportBlock[] {
  const ordered = runs.flatMap(({ name, file }) => {
    const orders = file?.summary.orders;
    return orders === undefined ? [] : [{ name, orders }];
  });
  const calibrated = runs.flatMap(({ name, file }) => {
    const calibration = file?.summary.calibration;
    return calibration === undefined ? [] : [{ name, calibration }];
  });
  const counted = (one: { count: number; total_count: number }) =>
    countedPercent(one.count, one.total_count);
  const right = (one: { correct_count: number; total_count: number }) =>
    countedPercent(one.correct_count, one.total_count);
  return [
    ...(ordered.length === 0 ? [] : [
      { kind: "heading", level: 2, text: "Orders of the choices" },
      {
        kind: "table",
        columns: [
          left("run"),
          ...ORDER_NAMES.map(figures),
          figures("majority"),
          figures("right in all"),
          figures("same choice in all"),
          ...LETTERS.map((letter) => figures(`given ${letter}`)),
          figures("p of the place"),
        ],
        rows: ordered.map(({ name, orders }) => [
          name,
          ...orders.by_order.map(right),
          right(orders.majority),
          counted(orders.consistent_correct),
          orders.consistent === undefined ? "–" : counted(orders.consistent),
          ...LETTERS.map((letter) => String(orders.position_bias?.letters[letter] ?? "–")),
          orders.position_bias === undefined ? "–" : pValue(orders.position_bias.p_value),
        ]),
      } as const,
      {
        kind: "text",
        text:
          "Over the four orders every choice stands once at each letter: without a liking for a " +
          "place each letter is given as often as the others.",
      },
    ] satisfies ReportBlock[]),
    ...(calibrated.length === 0 ? [] : [
      {
        kind: "heading",
        level: 2,
        text: "Letter prior taken off (calibrated), beside the plain answer",
      },
      {
        kind: "table",
        columns: [
          left("run"),
          figures("plain"),
          figures("calibrated"),
          figures("changed"),
          figures("gained"),
          figures("lost"),
          ...LETTERS.map((letter) => figures(`prior ${letter}`)),
        ],
        rows: calibrated.map(({ name, calibration: one }) => [
          name,
          countedPercent(one.plain_correct_count, one.total_count),
          right(one),
          String(one.changed_count),
          String(one.gained_count),
          String(one.lost_count),
          ...LETTERS.map((letter) => share(one.prior[letter])),
        ]),
      },
    ] satisfies ReportBlock[]),
  ];
}
