import { lawOf } from "../../../compare/article_clusters.ts";
import { questionType } from "../../../compare/question_type.ts";
import { groupByRun, type QuestionGroup } from "../group_by_run.ts";
import { intervalChart } from "../chart/interval_chart.ts";
import { html, type Markup, type MarkupValue } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import { figure, runTag, say, section, table } from "./figure.ts";
import { countedShareText, intervalText, percent } from "./figures_text.ts";

/** Laws drawn; the table has all. */
const MOST_LAWS = 12;

/** Accuracy by law and by what is asked for. */
export function groupSection({ runs }: ReportModel): Markup {
  const laws = groupByRun(runs, lawOf);
  return section("laws", { ja: "法令・問い方ごと", en: "By law and kind of question" }, [
    html`<p class="soft">${
      say(
        "読み進める手がかりであり、結論ではありません。問題が少ないと、偶然でも差が出ます。",
        "For reading on, not for conclusions: with few questions each, groups differ by chance.",
      )
    }</p>`,
    figure({
      id: "by-law",
      title: { ja: "法令ごとの正答率", en: "Accuracy by law" },
      text: {
        ja: `点は正答率、線は 95 % 区間（Wilson）。問題の多い順に ${MOST_LAWS} 法令まで。`,
        en: `Dots are accuracies, bars 95 % intervals (Wilson); the ${MOST_LAWS} largest laws.`,
      },
      drawing: groupChart("by-law", laws.slice(0, MOST_LAWS), ({ name }) => name),
      table: groupTable(laws, say("法令", "Law"), ({ name }) => name, runs),
    }),
    groupTable(
      groupByRun(runs, ({ question }) => questionType(question)),
      say("問い方", "Asks for"),
      ({ name }) =>
        name === "asks_wrong"
          ? say("誤り・該当しないもの", "the wrong one")
          : say("正しいもの", "the right one"),
      runs,
    ),
  ]);
}

function groupChart(
  id: string,
  shown: readonly QuestionGroup[],
  label: (group: QuestionGroup) => string,
): Markup {
  return intervalChart(id, {
    rows: shown.map((group) => ({
      label: `${label(group)} (${group.total})`,
      marks: group.right.flatMap((right, run) =>
        right === undefined ? [] : [{ run, value: right.share, interval: right.interval }]
      ),
    })),
    least: 0,
    most: 1,
    format: percent,
  });
}

function groupTable(
  shown: readonly QuestionGroup[],
  title: MarkupValue,
  label: (group: QuestionGroup) => MarkupValue,
  runs: readonly NamedRun[],
): Markup {
  return table(
    [{ title }, ...runs.map((run) => ({ title: runTag(run), isFigure: true }))],
    shown.map((group) => [
      label(group),
      ...group.right.map((right) =>
        right === undefined
          ? "–"
          : html`${countedShareText(right)} <small>${intervalText(right.interval)}</small>`
      ),
    ]),
  );
}
