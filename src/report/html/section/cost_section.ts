import type { BothLanguages } from "../../verdict_sentence.ts";
import { spreadChart } from "../chart/spread_chart.ts";
import { html, type Markup } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import type { Spread } from "../run_figures.ts";
import { figure, runTag, say, section, table } from "./figure.ts";
import { countedShareText, shortNumber } from "./figures_text.ts";

interface Quantity {
  readonly id: string;
  readonly title: BothLanguages;
  readonly of: (run: NamedRun) => Spread | undefined;
}

const QUANTITIES: readonly Quantity[] = [
  {
    id: "seconds",
    title: { ja: "1 問あたりの時間（秒）", en: "Seconds per question" },
    of: ({ figures }) => figures.seconds,
  },
  {
    id: "prompt-tokens",
    title: { ja: "プロンプトのトークン数", en: "Prompt tokens" },
    of: ({ figures }) => figures.promptTokens,
  },
  {
    id: "prompt-characters",
    title: { ja: "プロンプトの文字数", en: "Prompt characters" },
    of: ({ figures }) => figures.promptCharacters,
  },
  {
    id: "completion-tokens",
    title: { ja: "生成したトークン数", en: "Generated tokens" },
    of: ({ figures }) => figures.completionTokens,
  },
];

/** Lengths of prompts and answers, time, and accuracy by length; nothing where none is known. */
export function costSection({ runs }: ReportModel): Markup | undefined {
  const figures = QUANTITIES.flatMap((quantity) => quantityFigure(quantity, runs) ?? []);
  if (figures.length === 0) return undefined;
  return section("lengths", { ja: "長さと時間", en: "Lengths and time" }, [
    html`<div class="grid">${figures}</div>`,
    lengthTable(runs),
  ]);
}

function quantityFigure({ id, title, of }: Quantity, runs: readonly NamedRun[]) {
  const known = runs.flatMap((run) => {
    const spread = of(run);
    return spread === undefined ? [] : [{ run, spread }];
  });
  if (known.length === 0) return undefined;
  return figure({
    id,
    title,
    text: {
      ja: "箱は中央の半分、太線は中央値、線は 5〜95 パーセンタイル。",
      en: "Box: middle half; thick line: median; bars: 5th to 95th percentile.",
    },
    drawing: spreadChart(
      id,
      known.map(({ run: { name, place }, spread }) => ({ label: name, run: place, spread })),
      (value) => value.toLocaleString("en"),
    ),
    table: table(
      [
        { title: say("ラン", "Run") },
        ...["n", "5 %", "25 %", "50 %", "75 %", "95 %"].map((name) => ({
          title: name,
          isFigure: true,
        })),
      ],
      known.map(({ run, spread: { count, p5, p25, median, p75, p95 } }) => [
        runTag(run),
        count,
        ...[p5, p25, median, p75, p95].map(shortNumber),
      ]),
    ),
  });
}

function lengthTable(runs: readonly NamedRun[]): Markup | undefined {
  const known = runs.filter(({ figures }) => figures.byLength.length > 0);
  if (known.length === 0) return undefined;
  return html`<h3>${
    say("プロンプトの長さと正答率（短い順に 4 等分）", "Accuracy by prompt length, in quarters")
  }</h3>${
    table(
      [
        { title: say("ラン", "Run") },
        { title: say("文字数", "Characters"), isFigure: true },
        { title: say("正答率", "Accuracy"), isFigure: true },
      ],
      known.flatMap((run) =>
        run.figures.byLength.map(({ least, most, right }) => [
          runTag(run),
          `${least.toLocaleString("en")}–${most.toLocaleString("en")}`,
          countedShareText(right),
        ])
      ),
    )
  }`;
}
