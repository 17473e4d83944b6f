import { type Letter, LETTERS } from "../../../dataset/question.ts";
import type { Markup } from "../markup.ts";
import { drawChart, INK } from "./draw_chart.ts";
import { custom, text } from "./interval_chart.ts";

/** Columns of a heat map: the letters, and no letter. */
export const GIVEN_COLUMNS = [...LETTERS, "–"] as const;

/** How often each letter was given where another was right. */
export type LetterCross = Readonly<Record<Letter, readonly number[]>>;

const CELL = 44;

/** Counts of right letter (down) and given letter (across); the number stands in every cell. */
export function letterHeatMap(id: string, cross: LetterCross): Markup {
  const most = Math.max(1, ...LETTERS.flatMap((gold) => cross[gold]));
  const cells = LETTERS.flatMap((gold, row) =>
    GIVEN_COLUMNS.map((given, column) => ({
      row,
      column,
      isRight: gold === given,
      count: cross[gold][column] ?? 0,
    }))
  );
  const axis = { axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: false } };
  const label = { color: INK.text, fontSize: 14 };
  return drawChart(id, { width: CELL * 5 + 40, height: CELL * 4 + 32 }, {
    grid: { left: 32, right: 8, top: 26, bottom: 6 },
    xAxis: {
      type: "category",
      position: "top",
      data: [...GIVEN_COLUMNS],
      axisLabel: label,
      ...axis,
    },
    yAxis: { type: "category", inverse: true, data: [...LETTERS], axisLabel: label, ...axis },
    series: [
      custom(cells.map(({ column, row }) => [column, row]), (index, api) => {
        const { row, column, isRight, count } = cells[index]!;
        const [x, y] = api.coord([column, row]);
        const depth = count / most;
        const side = CELL - 3;
        const inset = isRight ? 1 : 0;
        return [
          {
            type: "rect",
            shape: {
              x: x - side / 2 + inset,
              y: y - side / 2 + inset,
              width: side - 2 * inset,
              height: side - 2 * inset,
              r: 3,
            },
            style: {
              fill: `var(--heat-${count === 0 ? 0 : Math.ceil(depth * 6)})`,
              // The diagonal, where the letter given is the right one, is framed.
              stroke: isRight ? INK.text : "none",
              lineWidth: isRight ? 2 : 0,
            },
          },
          text(String(count), x, y, {
            textAlign: "center",
            fill: depth > 0.5 ? "var(--heat-ink)" : count === 0 ? INK.soft : INK.text,
          }),
        ];
      }),
    ],
  });
}
