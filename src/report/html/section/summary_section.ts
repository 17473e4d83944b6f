import { pValue } from "../../figures.ts";
import { intervalChart } from "../chart/interval_chart.ts";
import { html, type Markup } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import { figure, runTag, say, section, table } from "./figure.ts";
import { countedShareText, intervalText, percent } from "./figures_text.ts";

/** What each run is and how many it got right. */
export function summarySection({ runs }: ReportModel): Markup {
  return section(
    "summary",
    { ja: "概要", en: "Summary" },
    html`<div class="cards">${runs.map(runCard)}</div>${accuracyFigure(runs)}`,
  );
}

function runCard(named: NamedRun): Markup {
  const { run, file, figures: { accuracy, answered, outcomes, letters, seconds } } = named;
  const rest = [
    [say("不正解", "wrong"), outcomes.wrong],
    [say("読み取れない", "unparsed"), outcomes.unparsed],
    [say("途中で切れた", "truncated"), outcomes.truncated],
    [say("エラー", "errors"), outcomes.error],
  ] as const;
  const facts = [
    [say("文脈", "Context"), run.facts.get("config.context") ?? "–"],
    [say("日時", "Date"), (file?.provenance.finished_at ?? "–").slice(0, 16).replace("T", " ")],
    [
      say("1問の時間", "Per question"),
      seconds === undefined ? "–" : `${seconds.median.toPrecision(2)} s`,
    ],
  ] as const;
  return html`<article class="card run-card run-edge-${named.place % 6}">
<h3>${runTag(named)} <span class="model">${run.model}</span></h3>
<p class="big">${(100 * accuracy.share).toFixed(1)}<span class="unit"> %</span></p>
<p>${say("正答", "right")} ${accuracy.count}/${accuracy.total}${
    say("、95 % 区間 ", ", 95 % interval ")
  }${intervalText(accuracy.interval)}</p>
${
    answered !== undefined && answered.total !== accuracy.total
      ? html`<p>${say("文字で答えた問題では", "of those answered")} ${
        countedShareText(answered)
      }</p>`
      : undefined
  }<p class="soft">${
    rest.filter(([, count]) => count > 0).map(([name, count]) =>
      html`<span class="part">${name} ${count}</span>`
    )
  }</p>
${
    letters?.takeover === undefined ? undefined : html`<p class="warning">${
      say(
        `崩壊: 回答 ${letters.takeover.answered} 件中 ${letters.takeover.count} 件が ${letters.takeover.letter}（p = ${
          pValue(letters.takeover.pValue)
        }）。正答率を知識と読まないでください。`,
        `Collapsed: ${letters.takeover.count} of ${letters.takeover.answered} answers are "${letters.takeover.letter}" (p = ${
          pValue(letters.takeover.pValue)
        }). Do not read its accuracy as knowledge.`,
      )
    }</p>`
  }<dl>${
    facts.map(([name, value]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>
<p class="path">${run.path}</p>
</article>`;
}

function accuracyFigure(runs: readonly NamedRun[]): Markup {
  const floors = runs[0]!.figures.floors;
  const best = floors[0];
  return figure({
    id: "accuracy",
    title: { ja: "正答率と 95 % 区間", en: "Accuracy with 95 % intervals" },
    text: {
      ja: `点は正答率、線は 95 % 区間（Wilson）。破線は読まずに答えた場合で最も良いもの（${
        best?.name ?? "–"
      }）と、4 択の当て推量 25 %。`,
      en: `Dots are accuracies, bars 95 % intervals (Wilson). Dashed: the best answer without ` +
        `reading (${best?.name ?? "–"}), and one in four.`,
    },
    drawing: intervalChart("accuracy", {
      rows: runs.map(({ name, place, figures: { accuracy: { share: value, interval } } }) => ({
        label: name,
        marks: [{ run: place, value, interval }],
      })),
      least: 0,
      most: 1,
      format: percent,
      lines: [
        ...(best === undefined || Math.abs(best.right.share - 0.25) < 0.005
          ? []
          : [{ value: best.right.share, label: best.name }]),
        { value: 0.25, label: "1/4" },
      ],
    }),
    table: table(
      [
        { title: say("ラン・基準", "Run or floor") },
        { title: say("正答率", "Accuracy"), isFigure: true },
        { title: say("95 % 区間", "95 % interval"), isFigure: true },
      ],
      [
        ...runs.map((run) => [
          runTag(run),
          countedShareText(run.figures.accuracy),
          intervalText(run.figures.accuracy.interval),
        ]),
        ...floors.map(({ name, right }) => [
          name,
          countedShareText(right),
          intervalText(right.interval),
        ]),
      ],
    ),
  });
}
