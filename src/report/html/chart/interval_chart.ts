import type { Markup } from "../markup.ts";
import { drawChart, INK, namesAxis, runColour, runShape } from "./draw_chart.ts";

/** A value with its interval, of one run. */
export interface IntervalMark {
  /** The run's place: it gives colour and shape. */
  readonly run: number;
  readonly value: number;
  /** Absent where there is none. */
  readonly interval?: { readonly low: number; readonly high: number };
}

/** One line of a chart of intervals. */
export interface IntervalRow {
  readonly label: string;
  readonly marks: readonly IntervalMark[];
}

/** What a chart of intervals shows. */
export interface IntervalChart {
  readonly rows: readonly IntervalRow[];
  readonly least: number;
  readonly most: number;
  /** How a value on the axis is written. */
  readonly format: (value: number) => string;
  /** At most two values to compare with, as dashed lines with their names above. */
  readonly lines?: readonly { readonly value: number; readonly label: string }[];
}

/** Space from one mark to the next in the same line. */
const MARK_HEIGHT = 17;
const ROW_SPACE = 13;
const WIDTH = 520;
const RIGHT = 24;
/** Least space between the names of two dashed lines, and from a line to a name beside it. */
const NAME_GAP = 10;
const NAME_INSET = 2;
const NAME_FONT = 11;

/** Values with their intervals on one axis, a line for each label. */
export function intervalChart(
  id: string,
  { rows, least, most, format, lines = [] }: IntervalChart,
): Markup {
  const marksInRow = rows.reduce((count, { marks }) => Math.max(count, marks.length), 1);
  const rowHeight = marksInRow * MARK_HEIGHT + ROW_SPACE;
  const labelWidth = Math.min(190, Math.max(...rows.map(({ label }) => textWidth(label))) + 14);
  const scale = (WIDTH - RIGHT - labelWidth) / (most - least);
  const sides = nameSides(
    lines.map(({ value, label }) => ({
      x: value * scale,
      width: textWidth(label) * NAME_FONT / 13,
    })),
  );
  const top = lines.length > 0 ? 24 : 8;
  const height = top + rows.length * rowHeight + 30;
  const marks = rows.flatMap(({ marks }, row) =>
    marks.map((mark, place) => ({ ...mark, row, place }))
  );
  const at = (api: CustomApi, row: number, place: number, count: number, value: number) => {
    const [x, y] = api.coord([value, row]);
    return [x, y + (place - (count - 1) / 2) * MARK_HEIGHT] as const;
  };
  return drawChart(id, { width: WIDTH, height }, {
    grid: { left: labelWidth, right: RIGHT, top, bottom: 28 },
    xAxis: {
      type: "value",
      min: least,
      max: most,
      axisLabel: { color: INK.soft, fontSize: 12, formatter: format },
      splitLine: { lineStyle: { color: INK.line } },
    },
    yAxis: namesAxis(rows.map(({ label }) => label), {
      interval: 0,
      width: labelWidth - 10,
      overflow: "truncate",
    }),
    series: [
      custom(lines.map(({ value }) => [value, 0]), (index, api) => {
        const { value, label } = lines[index]!;
        const [x] = api.coord([value, 0]);
        return [
          path(`M${x} ${top - 4}V${height - 28}`, {
            stroke: INK.soft,
            fill: "none",
            lineDash: [3, 3],
            lineWidth: 1,
          }),
          text(label, x + NAME_INSET * sides[index]!, top - 12, {
            fill: INK.soft,
            textAlign: ({ "-1": "right", "0": "center", "1": "left" } as const)[sides[index]!],
            fontSize: NAME_FONT,
          }),
        ];
      }),
      custom(marks.map(({ value, row }) => [value, row]), (index, api) => {
        const { run, value, row, place, interval } = marks[index]!;
        const count = rows[row]!.marks.length;
        const [x, y] = at(api, row, place, count, value);
        const colour = runColour(run);
        const bar = interval === undefined ? [] : [
          path(
            `M${at(api, row, place, count, interval.low)[0]} ${y}H${
              at(api, row, place, count, interval.high)[0]
            }`,
            { stroke: colour, lineWidth: 2.5, fill: "none", lineCap: "round" },
          ),
        ];
        return [
          ...bar,
          path(runShape(run), { fill: colour, stroke: INK.page, lineWidth: 1 }, x, y),
        ];
      }),
    ],
  });
}

/**
 * Where each name stands at its place: in the middle (0), and where two would touch to the left of one
 * place (-1) and to the right of the other (1).
 */
export function nameSides(
  names: readonly { readonly x: number; readonly width: number }[],
): (-1 | 0 | 1)[] {
  const [one, other] = names;
  if (one === undefined || other === undefined) return names.map(() => 0);
  const isFar = Math.abs(other.x - one.x) >= (one.width + other.width) / 2 + NAME_GAP;
  return isFar ? [0, 0] : one.x < other.x ? [-1, 1] : [1, -1];
}

/** What a drawing function of ECharts is given. */
export interface CustomApi {
  coord(value: readonly number[]): [number, number];
}

/** A series whose every datum is drawn by a function. */
export function custom(
  data: readonly (readonly (number | string)[])[],
  draw: (index: number, api: CustomApi) => object[],
): object {
  return {
    type: "custom",
    silent: true,
    data: data.map((one) => [...one]),
    renderItem: ({ dataIndex }: { dataIndex: number }, api: CustomApi) => ({
      type: "group",
      children: draw(dataIndex, api),
    }),
  };
}

/** A path at a place. */
export function path(pathData: string, style: object, x = 0, y = 0): object {
  return { type: "path", shape: { pathData }, style, x, y };
}

/** A text around a place. */
export function text(content: string, x: number, y: number, style: object): object {
  return {
    type: "text",
    x,
    y,
    style: { text: content, textVerticalAlign: "middle", fontSize: 13, ...style },
  };
}

/** Pixels that a label needs at 13 px, roughly: wide characters count double. */
export function textWidth(label: string): number {
  return [...label].reduce((sum, one) => sum + (one > "\u2e7f" ? 13 : 7.2), 0);
}
