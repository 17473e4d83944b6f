import { share } from "../../console_report.ts";
import { curveChart } from "../chart/curve_chart.ts";
import type { Markup } from "../markup.ts";
import type { ReportModel } from "../report_model.ts";
import { figure, runTag, say, section, table } from "./figure.ts";
import { percent } from "./figures_text.ts";

/** How far the probabilities of the letters can be believed; nothing where none are known. */
export function calibrationSection({ runs }: ReportModel): Markup | undefined {
  const known = runs.flatMap((run) => {
    const calibration = run.figures.letters?.calibration;
    return calibration === undefined ? [] : [{ run, calibration }];
  });
  if (known.length === 0) return undefined;
  return section("calibration", { ja: "確率の較正", en: "Calibration" }, [
    figure({
      id: "reliability",
      title: { ja: "言った確率と実際の正答率", en: "Probability said and share right" },
      text: {
        ja:
          "横は最も確率の高い文字の確率、縦はその正答率。破線の上なら控えめ、下なら自信過剰。点が大きいほど問題が多い。",
        en:
          "Across: probability of the most likely letter; up: how often it was right. Below the " +
          "dashed line is overconfident. Larger marks stand for more questions.",
      },
      drawing: curveChart("reliability", {
        curves: known.map(({ run: { name, place }, calibration: { bins } }) => ({
          run: place,
          name,
          points: bins.map(({ confidence, accuracy, count }) =>
            [confidence, accuracy, count] as const
          ),
        })),
        x: { least: 0, most: 1, format: percent },
        y: { format: percent },
        hasDiagonal: true,
      }),
      table: table(
        [
          { title: say("ラン", "Run") },
          { title: say("確率の範囲", "Range"), isFigure: true },
          { title: "n", isFigure: true },
          { title: say("言った確率", "Said"), isFigure: true },
          { title: say("正答率", "Right"), isFigure: true },
        ],
        known.flatMap(({ run, calibration: { bins } }) =>
          bins.map(({ low, high, count, confidence, accuracy }) => [
            runTag(run),
            `${low.toFixed(1)}–${high.toFixed(1)}`,
            count,
            share(confidence),
            share(accuracy),
          ])
        ),
      ),
    }),
    table(
      [
        { title: say("ラン", "Run") },
        { title: "n", isFigure: true },
        { title: say("ECE（0 が最良）", "ECE (0 is perfect)"), isFigure: true },
        {
          title: say("Brier（0 が最良、一様で 0.75）", "Brier (0 is perfect, even 0.75)"),
          isFigure: true,
        },
      ],
      known.map(({ run, calibration: { count, ece, brier } }) => [
        runTag(run),
        count,
        ece.toFixed(3),
        brier.toFixed(3),
      ]),
    ),
  ]);
}
