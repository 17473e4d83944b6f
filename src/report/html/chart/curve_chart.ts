import type { Markup } from "../markup.ts";
import { drawChart, INK, runColour, runShape } from "./draw_chart.ts";
import { custom, path, text } from "./interval_chart.ts";

/** A point, and by how many questions it was measured where points differ in that. */
export type CurvePoint = readonly [x: number, y: number, questions?: number];

/** One run's curve, points from left to right. */
export interface Curve {
  readonly run: number;
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** What a chart of curves shows. */
export interface CurveChart {
  readonly curves: readonly Curve[];
  readonly x: {
    readonly least: number;
    readonly most: number;
    readonly format: (value: number) => string;
  };
  readonly y: { readonly format: (value: number) => string };
  /** Draws the line where both are equal. */
  readonly hasDiagonal?: boolean;
}

/** Curves of runs over shares from 0 to 1, each named at its end. */
export function curveChart(id: string, { curves, x, y, hasDiagonal }: CurveChart): Markup {
  const axis = {
    axisLabel: { color: INK.soft, fontSize: 12 },
    splitLine: { lineStyle: { color: INK.line } },
    axisLine: { show: false },
    axisTick: { show: false },
  };
  const labels = endLabels(curves);
  const points = curves.flatMap((curve) =>
    curve.points.map((point, place) => ({
      ...curve,
      point,
      label: place === curve.points.length - 1 ? labels.get(curve) : undefined,
      scale: markScale(point, curve.points),
    }))
  );
  return drawChart(id, { width: 420, height: 320 }, {
    grid: { left: 52, right: 68, top: 14, bottom: 30 },
    xAxis: {
      type: "value",
      min: x.least,
      max: x.most,
      ...axis,
      axisLabel: { ...axis.axisLabel, formatter: x.format },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: 1,
      ...axis,
      axisLabel: { ...axis.axisLabel, formatter: y.format },
    },
    series: [
      ...(hasDiagonal
        ? [{
          type: "line",
          silent: true,
          symbol: "none",
          data: [[0, 0], [1, 1]],
          lineStyle: { color: INK.soft, type: "dashed", width: 1 },
        }]
        : []),
      ...curves.map((curve) => ({
        type: "line",
        silent: true,
        symbol: "none",
        data: curve.points.map(([px, py]) => [px, py]),
        lineStyle: { color: runColour(curve.run), width: 2 },
      })),
      custom(points.map(({ point: [px, py] }) => [px, py]), (index, api) => {
        const { run, point: [x, y], label, scale } = points[index]!;
        const [px, py] = api.coord([x, y]);
        const style = { fill: runColour(run), stroke: INK.page, lineWidth: 1 };
        return [
          { ...path(runShape(run), style, px, py), scaleX: scale, scaleY: scale },
          ...(label === undefined ? [] : [text(label, px + 10, py, { fill: INK.text })]),
        ];
      }),
    ],
  });
}

/** Marks have an area by their questions, within what can be told apart. */
function markScale([, , questions]: CurvePoint, all: readonly CurvePoint[]): number {
  if (questions === undefined) return 1;
  const most = Math.max(...all.map(([, , count = 0]) => count));
  return 0.5 + Math.sqrt(questions / most);
}

/** The name of each curve for its end; curves that end in one place have one label there. */
function endLabels(curves: readonly Curve[]): Map<Curve, string> {
  const byEnd = Map.groupBy(
    curves.filter(({ points }) => points.length > 0),
    ({ points }) => points.at(-1)!.slice(0, 2).map((value) => value!.toFixed(2)).join(" "),
  );
  return new Map(
    [...byEnd.values()].map((same) => [same[0]!, same.map(({ name }) => name).join(" ")]),
  );
}
