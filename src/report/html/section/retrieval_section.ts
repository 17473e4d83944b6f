import { countedShare } from "../../../compare/paired_statistics.ts";
import { RECALL_DEPTHS } from "../../../rag/recall/recall_measures.ts";
import { share } from "../../console_report.ts";
import { curveChart } from "../chart/curve_chart.ts";
import { html, type Markup } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import { figure, runTag, say, section, table } from "./figure.ts";
import { countedShareText, percent } from "./figures_text.ts";

/** What the searches found; nothing where no run searched. */
export function retrievalSection({ runs }: ReportModel): Markup | undefined {
  const searched = runs.flatMap(({ file, ...run }) =>
    file?.summary.retrieval === undefined && file?.summary.recall === undefined
      ? []
      : [{ run, summary: file.summary }]
  );
  if (searched.length === 0) return undefined;
  const figure = (title: Markup) => ({ title, isFigure: true });
  return section("retrieval", { ja: "検索の質", en: "Retrieval" }, [
    recallFigure(searched),
    table(
      [
        { title: say("ラン", "Run") },
        figure(say("根拠が示された問題", "Shown what settles them")),
        figure(say("示された問題の正答率", "Accuracy where shown")),
        figure(say("示されなかった問題の正答率", "Accuracy where not")),
        figure(say("索引にない問題の正答率", "Accuracy where not in the index")),
        figure(say("条文を切った問題", "Statutes cut")),
      ],
      searched.map((
        { run, summary: { retrieval, accuracy_by_retrieval: by, statutes_cut: cut } },
      ) => [
        runTag(run),
        shareOf(retrieval?.found_count, retrieval?.question_count),
        shareOf(by?.found.correct_count, by?.found.total_count),
        shareOf(by?.not_found.correct_count, by?.not_found.total_count),
        shareOf(by?.not_in_corpus?.correct_count, by?.not_in_corpus?.total_count),
        cut?.question_count ?? "–",
      ]),
    ),
  ]);
}

type Searched = {
  readonly run: Omit<NamedRun, "file">;
  readonly summary: NonNullable<NamedRun["file"]>["summary"];
};

function recallFigure(searched: readonly Searched[]): Markup | undefined {
  const known = searched.flatMap(({ run, summary: { recall } }) =>
    recall?.recall_at === undefined ? [] : [{ run, recall, at: recall.recall_at }]
  );
  if (known.length === 0) return undefined;
  return figure({
    id: "recall",
    title: { ja: "再現率（上位 k 条）", en: "Recall among the first k articles" },
    text: {
      ja: "正しい条文のうち、検索の上位 k 条に入った割合の平均。",
      en: "Mean share of a question's right articles among the first k that the search found.",
    },
    drawing: curveChart("recall", {
      curves: known.map(({ run: { name, place }, at }) => ({
        run: place,
        name,
        points: RECALL_DEPTHS.map((depth) => [depth, at[`${depth}`]] as const),
      })),
      x: { least: 0, most: 10, format: String },
      y: { format: percent },
    }),
    table: table(
      [
        { title: say("ラン", "Run") },
        { title: "n", isFigure: true },
        ...RECALL_DEPTHS.map((depth) => ({ title: `@${depth}`, isFigure: true })),
        { title: "MRR@10", isFigure: true },
      ],
      known.map(({ run, recall, at }) => [
        runTag(run),
        recall.questions,
        ...RECALL_DEPTHS.map((depth) => share(at[`${depth}`])),
        recall.mrr_at_10?.toFixed(3) ?? "–",
      ]),
    ),
  });
}

function shareOf(count: number | undefined, total: number | undefined): Markup {
  return count === undefined || total === undefined || total === 0
    ? html`–`
    : countedShareText(countedShare(count, total));
}
