import { type Letter, LETTERS } from "../../../dataset/question.ts";
import { countedShare } from "../../../compare/paired_statistics.ts";
import type { OrderSummary } from "../../../eval/order_schema.ts";
import { share } from "../../console_report.ts";
import { pValue } from "../../figures.ts";
import { intervalChart, type IntervalMark } from "../chart/interval_chart.ts";
import { html, type Markup } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import { calibratedTable } from "./calibrated_table.ts";
import { figure, runTag, say, section, table } from "./figure.ts";
import { countedShareText, intervalText, percent } from "./figures_text.ts";

/** Below this p-value chance is no explanation for a preferred place. */
const SIGNIFICANCE = 0.01;

interface OrderedRun {
  readonly run: NamedRun;
  readonly orders: OrderSummary;
}

/** How far answers hang on the order of the choices and on a liking for letters; else nothing. */
export function orderSection({ runs }: ReportModel): Markup | undefined {
  const ordered = runs.flatMap((run) => {
    const orders = run.file?.summary.orders;
    return orders === undefined ? [] : [{ run, orders }];
  });
  const calibrated = runs.flatMap((run) => {
    const calibration = run.file?.summary.calibration;
    return calibration === undefined ? [] : [{ run, calibration }];
  });
  if (ordered.length + calibrated.length === 0) return undefined;
  return section(
    "orders",
    { ja: "選択肢の順と文字の偏り", en: "Order of the choices and liking for letters" },
    [
      ordered.map(biasWarning),
      ...(ordered.length === 0 ? [] : [accuracyFigure(ordered), placeFigure(ordered)]),
      ...(calibrated.length === 0 ? [] : [calibratedTable(calibrated)]),
    ],
  );
}

function biasWarning({ run, orders: { position_bias: bias } }: OrderedRun): Markup | undefined {
  if (bias === undefined || bias.p_value >= SIGNIFICANCE) return undefined;
  const { letter, count, answer_count: of } = bias;
  return html`<p class="warning">${
    say(
      `${run.name} は、どの選択肢が置かれていても ${letter} を選びがちです（${of} 回中 ${count} 回、${
        share(bias.share)
      }、偏りがなければ 25 %、p = ${
        pValue(bias.p_value)
      }）。正答率の一部は、正解の位置で決まります。`,
      `${run.name} leans to "${letter}" whichever choice stands there (${count} of ${of}, ${
        share(bias.share)
      }; 25 % without a preference, p = ${
        pValue(bias.p_value)
      }): part of its accuracy hangs on where the right choice stands.`,
    )
  }</p>`;
}

interface Row {
  readonly id: string;
  readonly ja: string;
  readonly en: string;
  readonly of: (orders: OrderSummary) => { count: number; total: number };
}

const NAMES = ["0123", "2031", "1302", "3210"] as const;

const ROWS: readonly Row[] = [
  ...NAMES.map((name): Row => ({
    id: name,
    ja: name,
    en: name,
    of: ({ by_order: orders }) => {
      const one = orders.find(({ order }) => order === name)!;
      return { count: one.correct_count, total: one.total_count };
    },
  })),
  {
    id: "majority",
    ja: "4 つの順の多数決",
    en: "Majority of the four",
    of: ({ majority }) => ({ count: majority.correct_count, total: majority.total_count }),
  },
  {
    id: "all right",
    ja: "すべての順で正答",
    en: "Right in all four",
    of: ({ consistent_correct: { count, total_count: total } }) => ({ count, total }),
  },
];

function accuracyFigure(ordered: readonly OrderedRun[]): Markup {
  const measured = ROWS.map((row) => ({
    row,
    shares: ordered.map(({ run, orders }) => {
      const { count, total } = row.of(orders);
      return { run, right: countedShare(count, total) };
    }),
  }));
  return figure({
    id: "order-accuracy",
    title: { ja: "選択肢の順ごとの正答率", en: "Accuracy by order of the choices" },
    text: {
      ja:
        "0123 は問題ファイルの順（ほかの章の正答率はこれ）、majority は 4 つの順の多数決、all right はすべての順で正答した割合（正解がどこに置かれても答えられた）。点は正答率、線は 95 % 区間（Wilson）。",
      en:
        "0123 is the file's own order, which the other chapters show; majority: of the four; all right: " +
        "in all four, wherever the right choice stood. Dots are accuracies, bars 95 % intervals (Wilson).",
    },
    drawing: intervalChart("order-accuracy", {
      rows: measured.map(({ row, shares }) => ({
        label: row.id,
        marks: shares.map(({ run, right }): IntervalMark => ({
          run: run.place,
          value: right.share,
          interval: right.interval,
        })),
      })),
      least: 0,
      most: 1,
      format: percent,
      lines: [{ value: 0.25, label: "1/4" }],
    }),
    table: table(
      [
        { title: say("順", "Order") },
        ...ordered.map(({ run }) => ({ title: runTag(run), isFigure: true })),
      ],
      [
        ...measured.map(({ row, shares }) => [
          say(row.ja, row.en),
          ...shares.map(({ right }) =>
            html`${countedShareText(right)} <small>${intervalText(right.interval)}</small>`
          ),
        ]),
        [
          say("すべての順で同じ選択肢（正誤によらず）", "Same choice in all four, right or wrong"),
          ...ordered.map(({ orders: { consistent } }) =>
            consistent === undefined
              ? "–"
              : countedShareText(countedShare(consistent.count, consistent.total_count))
          ),
        ],
        [
          say("多数決が同数だった問題", "Ties among the four"),
          ...ordered.map(({ orders }) => orders.majority.tie_count),
        ],
      ],
    ),
  });
}

function placeFigure(ordered: readonly OrderedRun[]): Markup | undefined {
  const known = ordered.flatMap(({ run, orders: { by_order: byOrder, position_bias: bias } }) =>
    bias === undefined ? [] : [{ run, byOrder, bias }]
  );
  if (known.length === 0) return undefined;
  return figure({
    id: "position-bias",
    title: { ja: "どの位置の文字を選んだか", en: "Letters given, by place" },
    text: {
      ja:
        "どの選択肢も 4 つの順で a・b・c・d に 1 回ずつ置かれます。中身だけで選ぶなら、どの文字も 25 %（破線）です。p は問題の中で順を入れ替える正確検定（最も多い文字を選んだ分は 4 倍で補正）。",
      en:
        "Over the four orders every choice stands once at each of a, b, c and d: who goes by content " +
        "gives each letter 25 % (dashed). p is an exact test that exchanges orders within questions, " +
        "times four for having picked the letter.",
    },
    drawing: intervalChart("position-bias", {
      rows: LETTERS.map((letter) => ({
        label: letter,
        marks: known.map(({ run, bias }) => ({
          run: run.place,
          value: bias.letters[letter] / bias.answer_count,
        })),
      })),
      least: 0,
      most: 1,
      format: percent,
      lines: [{ value: 0.25, label: "1/4" }],
    }),
    table: table(
      [
        { title: say("ラン", "Run") },
        { title: say("順", "Order") },
        ...LETTERS.map((title) => ({ title, isFigure: true })),
        { title: "p", isFigure: true },
      ],
      known.flatMap(({ run, byOrder, bias }) => [
        ...byOrder.map(({ order, shown_letters: letters }) => [
          runTag(run),
          order,
          ...LETTERS.map((letter) => letters[letter]),
          "",
        ]),
        [
          runTag(run),
          say("全部", "all"),
          ...LETTERS.map((letter) => ofAnswers(bias.letters, letter, bias.answer_count)),
          pValue(bias.p_value),
        ],
      ]),
    ),
  });
}

function ofAnswers(letters: Readonly<Record<Letter, number>>, letter: Letter, total: number) {
  return `${letters[letter]} (${share(letters[letter] / total)})`;
}
