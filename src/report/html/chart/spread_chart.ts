import type { Markup } from "../markup.ts";
import type { Spread } from "../run_figures.ts";
import { drawChart, INK, namesAxis, runColour } from "./draw_chart.ts";
import { custom, path, textWidth } from "./interval_chart.ts";

/** One run's spread. */
export interface SpreadRow {
  readonly label: string;
  readonly run: number;
  readonly spread: Spread;
}

const ROW_HEIGHT = 34;

/** Boxes of the middle half with their median, and lines from the 5th to the 95th percentile. */
export function spreadChart(
  id: string,
  rows: readonly SpreadRow[],
  format: (value: number) => string,
): Markup {
  const height = 8 + rows.length * ROW_HEIGHT + 28;
  const left = Math.max(...rows.map(({ label }) => textWidth(label))) + 16;
  return drawChart(id, { width: 420, height }, {
    grid: { left, right: 24, top: 6, bottom: 26 },
    xAxis: {
      type: "value",
      min: 0,
      axisLabel: { color: INK.soft, fontSize: 12, formatter: format, hideOverlap: true },
      splitLine: { lineStyle: { color: INK.line } },
      splitNumber: 4,
    },
    yAxis: namesAxis(rows.map(({ label }) => label)),
    series: [
      custom(rows.map(({ spread }, row) => [spread.p95, row]), (index, api) => {
        const { run, spread } = rows[index]!;
        const x = (value: number) => api.coord([value, index])[0];
        const y = api.coord([0, index])[1];
        const colour = runColour(run);
        const line = { stroke: colour, fill: "none", lineWidth: 2 };
        return [
          path(`M${x(spread.p5)} ${y}H${x(spread.p95)}`, line),
          path(`M${x(spread.p5)} ${y - 4}V${y + 4}M${x(spread.p95)} ${y - 4}V${y + 4}`, line),
          path(`M${x(spread.p25)} ${y - 8}H${x(spread.p75)}V${y + 8}H${x(spread.p25)}Z`, {
            ...line,
            fill: INK.page,
          }),
          path(`M${x(spread.median)} ${y - 8}V${y + 8}`, { ...line, lineWidth: 4 }),
        ];
      }),
    ],
  });
}
