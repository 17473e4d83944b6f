import type { Flip, PairComparison } from "../../../compare/compare_runs.ts";
import type { RunDifference } from "../../../compare/run_differences.ts";
import { points } from "../../figures.ts";
import { pairCells, powerStep } from "../../pair_cells.ts";
import { shortDigests } from "../../short_digests.ts";
import { cautionSentence, verdictSentence } from "../../verdict_sentence.ts";
import { intervalChart } from "../chart/interval_chart.ts";
import { both, html, type Markup } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import { disclosure, figure, runTag, say, section, table } from "./figure.ts";
import { countedShareText } from "./figures_text.ts";

/** Flips listed in the text; the list of questions has all. */
const MOST_FLIPS = 40;

/** The verdict on every run against the first, or why there is none; nothing for one run. */
export function comparisonSection(model: ReportModel): Markup | undefined {
  const { runs, comparison, refused, differences } = model;
  if (runs.length < 2) return undefined;
  const title = { ja: "比較と判定", en: "Comparison and verdict" };
  if (comparison === undefined) {
    return section("comparison", title, [
      html`<p class="warning">${
        say(
          "これらの結果は同じ条件ではないため、判定しません（下の違いを認めるなら --allow-differences）。",
          "No verdict: these runs differ in more than the model (--allow-differences allows it).",
        )
      }</p>`,
      differenceTable(refused, runs),
    ]);
  }
  const { pairs } = comparison;
  return section("comparison", title, [
    pairs.map((pair, place) => verdictCard(pair, runs[0]!, runs[place + 1]!)),
    refusedNote(differences),
    differenceFigure(pairs, runs),
    pairs.map((pair, place) => flipLists(pair, runs[place + 1]!, model)),
    differences.length === 0
      ? undefined
      : disclosure(say("ラン同士の違い", "What differs"), differenceTable(differences, runs)),
  ]);
}

function verdictCard(pair: PairComparison, first: NamedRun, second: NamedRun): Markup {
  const names = { first: first.name, second: second.name };
  const { kind, cautions } = pair.verdict;
  return html`<div class="card verdict verdict-${kind}">
<h3>${say("判定", "Verdict")}: ${runTag(second)} ${say("対", "against")} ${runTag(first)}</h3>
<p class="sentence">${both(verdictSentence(pair, names))}</p>
${
    cautions.length === 0
      ? undefined
      : html`<ul>${
        cautions.map((caution) => html`<li>${both(cautionSentence(caution, pair, names))}</li>`)
      }</ul>`
  }</div>`;
}

function refusedNote(differences: readonly RunDifference[]): Markup | undefined {
  const names = differences.flatMap(({ name }) => name === undefined ? [] : [name]);
  return names.length === 0 ? undefined : html`<p class="warning">${
    say(
      `次の違いを認めて比べています: ${names.join(", ")}。モデルの違いとは区別できません。`,
      `Compared although these differ: ${
        names.join(", ")
      }. What they do can't be told apart from ` +
        "what the model does.",
    )
  }</p>`;
}

function differenceFigure(pairs: readonly PairComparison[], runs: readonly NamedRun[]): Markup {
  const values = pairs.flatMap(({ statistics: { difference, bootstrap, newcombe } }) => {
    const { low, high } = bootstrap ?? newcombe;
    return [difference, low, high].map(Math.abs);
  });
  const step = powerStep(pairs);
  const most = Math.min(1, Math.max(0.1, Math.ceil(10 * Math.max(...values) + 0.2) / 10));
  return figure({
    id: "difference",
    title: { ja: "A との正答率の差", en: "Difference from A in accuracy" },
    text: {
      ja:
        "点は差（ポイント）、線は 95 % 区間（同じ条文の問題をまとめたブートストラップ、差がなければ Newcombe）。0 をまたぐ区間は差を示しません。またがないだけでも差とは言えません。判定には、2 つの正確検定も（3 つ以上のランでは Holm の調整後に）要ります。",
      en:
        "Dots are differences in points, bars 95 % intervals (bootstrap of questions grouped by " +
        "article; Newcombe where nothing varies). A bar across 0 shows no difference; one beside 0 " +
        "is not enough: the verdict also needs both exact tests, with several runs after Holm's " +
        "adjustment.",
    },
    drawing: intervalChart("difference", {
      rows: pairs.map(({ statistics: { difference, bootstrap, newcombe } }, place) => ({
        label: runs[place + 1]!.name,
        marks: [{ run: place + 1, value: difference, interval: bootstrap ?? newcombe }],
      })),
      least: -most,
      most,
      format: (value) => points(value),
      lines: [{ value: 0, label: "A" }],
    }),
    table: table(
      [
        { title: say("ラン", "Run") },
        { title: say("正答", "Right"), isFigure: true },
        { title: say("新しく正答", "Gained"), isFigure: true },
        { title: say("正答でなくなった", "Lost"), isFigure: true },
        { title: say("差", "Difference"), isFigure: true },
        { title: say("95 % 区間", "95 % interval"), isFigure: true },
        { title: "McNemar p", isFigure: true },
        { title: "p (Holm)", isFigure: true },
        { title: say(`検出できる差${step}`, `Detectable${step}`), isFigure: true },
        { title: say(`必要な問題数${step}`, `Needed${step}`), isFigure: true },
      ],
      pairs.map((pair, place) => [
        runTag(runs[place + 1]!),
        countedShareText(pair.statistics.second),
        ...pairCells(pair),
      ]),
    ),
  });
}

function flipLists(pair: PairComparison, second: NamedRun, { runs, rows }: ReportModel): Markup {
  const first = runs[0]!;
  const ids = new Map(
    rows.flatMap(({ id, places: [place] }) => place === undefined ? [] : [[place, id] as const]),
  );
  const places = new Map(first.run.questions.map((one, place) => [one.index, place]));
  const list = (flips: readonly Flip[], way: "gained" | "lost", ja: string, en: string) =>
    html`<div class="card"><h3>${say(ja, en)}: ${flips.length}</h3>
${
      flips.length === 0 ? html`<p class="soft">–</p>` : html`
        <ul class="flips">${flips.slice(0, MOST_FLIPS).map((flip) => {
          const id = ids.get(places.get(flip.index)!);
          return html`<li><a href="#q${id}">#${flip.index}</a> <span class="soft">${
            flip.first.letter ?? flip.first.outcome
          } → ${flip.second.letter ?? flip.second.outcome}, ${
            say("正解", "right")
          } ${flip.correct}</span> ${shortText(flip.question)}</li>`;
        })}</ul>
        <p><a href="#${way}-${second.place}">${say(
          "一覧で見る",
          "Show in the list of questions",
        )}</a></p>
      `
    }</div>`;
  return html`<div class="cards">${
    list(
      pair.gained,
      "gained",
      `${second.name} だけ正答`,
      `Gained: only ${second.name} right`,
    )
  }${
    list(
      pair.lost,
      "lost",
      `${first.name} だけ正答（${second.name} で失った）`,
      `Lost: ${first.name} right, ${second.name} not`,
    )
  }</div>`;
}

function shortText(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

function differenceTable(
  differences: readonly RunDifference[],
  runs: readonly NamedRun[],
): Markup {
  return table(
    [{ title: say("項目", "Setting") }, ...runs.map((run) => ({ title: runTag(run) }))],
    differences.map(({ fact, values }) => [
      fact.replace(/^(?:provenance|config)\./, ""),
      ...values.map((value) => value === undefined ? "–" : shortDigests(value)),
    ]),
  );
}
