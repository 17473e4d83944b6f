import "echarts/lib/chart/custom.js";
import "echarts/lib/chart/line.js";
import "echarts/lib/component/gridSimple.js";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { Markup, onlyCharacters } from "../markup.ts";

echarts.use([SVGRenderer]);

/** Size of a drawing in CSS pixels; the page scales it. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Colours by name in the page's style, so that a drawing follows light and dark. */
export const INK = {
  text: "var(--ink)",
  soft: "var(--ink-soft)",
  line: "var(--line)",
  page: "var(--card)",
} as const;

/** The axis of rows that have names, the first on top. */
export function namesAxis(names: readonly string[], label: Record<string, unknown> = {}) {
  return {
    type: "category",
    inverse: true,
    data: names,
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: { color: INK.text, fontSize: 13, ...label },
  };
}

/** Colour of a run by its place. */
export function runColour(place: number): string {
  return `var(--run-${place % 6})`;
}

/** Marks that tell runs apart without colour, as paths around the origin. */
const RUN_SHAPES = [
  "M-4.5 0A4.5 4.5 0 1 1 4.5 0A4.5 4.5 0 1 1 -4.5 0Z",
  "M-4 -4H4V4H-4Z",
  "M0 -5L5 4H-5Z",
  "M0 -5.5L5.5 0L0 5.5L-5.5 0Z",
  "M0 5L5 -4H-5Z",
  "M-1.6 -5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
] as const;

/** The mark of a run by its place. */
export function runShape(place: number): string {
  return RUN_SHAPES[place % RUN_SHAPES.length]!;
}

/**
 * Draws a chart as an SVG element that a strict content policy allows: no style of its own.
 * @param option as ECharts takes it.
 * @param id of the figure: its title and description are `id-title` and `id-text`.
 */
export function drawChart(
  id: string,
  { width, height }: ChartSize,
  option: Record<string, unknown>,
): Markup {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { color: INK.text }, ...option });
    return new Markup(
      onlyCharacters(chart.renderToSVGString())
        .replace(/<style[\s\S]*?<\/style>/g, "")
        .replace(
          /<svg [^>]*>/,
          `<svg class="chart" role="img" viewBox="0 0 ${width} ${height}" ` +
            `width="${width}" height="${height}" aria-labelledby="${id}-title" aria-describedby="${id}-text">`,
        )
        .replace(/<[a-z]+ [^>]*>/g, plainAttributes),
    );
  } finally {
    chart.dispose();
  }
}

/** Style attributes would need an exception in the page's policy; marks for scripts serve nobody. */
function plainAttributes(tag: string): string {
  return tag
    .replace(/ style="font-size:([\d.]+)px;[^"]*"/, ' font-size="$1"')
    .replace(/ style="[^"]*"/, "")
    .replace(/ (?:ecmeta_\w+|xml:space|pointer-events)="[^"]*"/g, "")
    .replace(/ class="zr[^"]*"/, "");
}
