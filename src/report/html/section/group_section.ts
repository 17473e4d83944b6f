import { lawOf } from "../../../compare/article_clusters.ts";
import type { ComparedQuestion } from "../../../compare/compared_run.ts";
import { type CountedShare, countedShare } from "../../../compare/paired_statistics.ts";
import { questionType } from "../../../compare/question_type.ts";
import { intervalChart } from "../chart/interval_chart.ts";
import { html, type Markup, type MarkupValue } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import { figure, runTag, say, section, table } from "./figure.ts";
import { countedShareText, intervalText, percent } from "./figures_text.ts";

/** Laws drawn; the table has all. */
const MOST_LAWS = 12;

/** Accuracy by law and by what is asked for. */
export function groupSection({ runs }: ReportModel): Markup {
  const laws = groups(runs, lawOf);
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
      groups(runs, ({ question }) => questionType(question)),
      say("問い方", "Asks for"),
      ({ name }) =>
        name === "asks_wrong"
          ? say("誤り・該当しないもの", "the wrong one")
          : say("正しいもの", "the right one"),
      runs,
    ),
  ]);
}

interface Group {
  readonly name: string;
  readonly total: number;
  /** By run; undefined where it has no question of the group. */
  readonly right: readonly (CountedShare | undefined)[];
}

function groups(
  runs: readonly NamedRun[],
  groupOf: (question: ComparedQuestion) => string,
): Group[] {
  const byRun = runs.map(({ run }) => Map.groupBy(run.questions, groupOf));
  const names = new Set(byRun.flatMap((members) => [...members.keys()]));
  return [...names].map((name) => {
    const right = byRun.map((members) => {
      const questions = members.get(name);
      return questions &&
        countedShare(
          questions.filter(({ outcome }) => outcome === "correct").length,
          questions.length,
        );
    });
    return { name, right, total: Math.max(...right.map((one) => one?.total ?? 0)) };
  }).toSorted((x, y) => y.total - x.total);
}

function groupChart(
  id: string,
  shown: readonly Group[],
  label: (group: Group) => string,
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
  shown: readonly Group[],
  title: MarkupValue,
  label: (group: Group) => MarkupValue,
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
