import { lawOf } from "../compare/article_clusters.ts";
import type { PairComparison } from "../compare/compare_runs.ts";
import { questionType } from "../compare/question_type.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { flipBlocks, TYPE_NAMES } from "./compare_group_blocks.ts";
import { differenceBlocks, verdictBlocks } from "./compare_report.ts";
import { share } from "./console_report.ts";
import { countedPercent, moment, pValue } from "./figures.ts";
import { groupByRun, type QuestionGroup } from "./html/group_by_run.ts";
import type { NamedRun, ReportModel } from "./html/report_model.ts";
import { pairCells, powerStep } from "./pair_cells.ts";
import { letterBlocks } from "./report_markdown_letters.ts";
import { orderBlocks } from "./report_markdown_orders.ts";
import { left, type ReportBlock, right as figures } from "./report_block.ts";

/** Flips listed in each direction; the HTML page has all. */
const MOST_FLIPS = 20;

/** The facts of a report's page as blocks for Markdown: notes for a log or an issue. */
export function describeReport(model: ReportModel): ReportBlock[] {
  const { runs, rows, comparison, madeAt } = model;
  return [
    { kind: "heading", level: 1, text: "houqa report" },
    {
      kind: "text",
      text: `${rows.length} questions, ${moment(madeAt)} UTC, houqa ${HOUQA_VERSION}`,
    },
    ...summaryBlocks(runs),
    ...(comparison === undefined ? refusedBlocks(model) : [
      ...comparison.pairs.flatMap((pair, place) =>
        verdictBlocks(pair, namesOf(runs, place), comparison.pairs.length)
      ),
      ...pairTable(comparison.pairs, runs),
      ...comparison.pairs.flatMap((pair, place) =>
        flipBlocks(pair, namesOf(runs, place), MOST_FLIPS, "the HTML report lists them")
      ),
    ]),
    ...letterBlocks(runs),
    ...orderBlocks(runs),
    { kind: "heading", level: 2, text: "By law and by what is asked" },
    groupTable("law", groupByRun(runs, lawOf), runs),
    groupTable("asked for", groupByRun(runs, ({ question }) => questionType(question)), runs),
    {
      kind: "text",
      text:
        "For reading on, not for conclusions: with few questions each, groups differ by chance.",
    },
    ...calibrationBlocks(runs),
    ...(runs.length < 2
      ? []
      : differenceBlocks(model.differences, runs.length, comparison !== undefined)),
    ...originBlocks(runs),
  ];
}

function namesOf(runs: readonly NamedRun[], place: number) {
  return { first: runs[0]!.name, second: runs[place + 1]!.name };
}

function summaryBlocks(runs: readonly NamedRun[]): ReportBlock[] {
  const best = runs[0]!.figures.floors[0];
  const collapsed = runs.flatMap(({ name, figures: { letters } }) =>
    letters?.takeover === undefined ? [] : [{ name, takeover: letters.takeover }]
  );
  return [
    {
      kind: "table",
      columns: [
        left("run"),
        left("model"),
        left("context"),
        figures("right"),
        figures("95 % Wilson"),
        figures("wrong"),
        figures("unparsed"),
        figures("truncated"),
        figures("error"),
        figures("median s"),
      ],
      rows: runs.map(({ name, run, figures: { accuracy, outcomes, seconds } }) => [
        name,
        run.model,
        run.facts.get("config.context") ?? "–",
        countedPercent(accuracy.count, accuracy.total),
        `${share(accuracy.interval.low)} to ${share(accuracy.interval.high)}`,
        String(outcomes.wrong),
        String(outcomes.unparsed),
        String(outcomes.truncated),
        String(outcomes.error),
        seconds === undefined ? "–" : seconds.median.toPrecision(2),
      ]),
    },
    ...(best === undefined ? [] : [
      {
        kind: "text",
        text: `Best answer without reading: ${best.name} ` +
          `${countedPercent(best.right.count, best.right.total)}; one in four is 25.0 %.`,
      } as const,
    ]),
    ...(collapsed.length === 0 ? [] : [
      {
        kind: "list",
        tone: "warning",
        items: collapsed.map(({ name, takeover: { letter, count, answered, pValue: p } }) =>
          `${name} has collapsed: ${count} of ${answered} answers are "${letter}" (p = ${
            pValue(p)
          }). Do not read its accuracy as knowledge.`
        ),
      } as const,
    ]),
  ];
}

function refusedBlocks({ runs, refused }: ReportModel): ReportBlock[] {
  if (runs.length < 2) return [];
  const names = [...new Set(refused.map(({ name }) => name))].join(", ");
  return [{
    kind: "text",
    tone: "warning",
    text: `No verdict: these runs differ in more than the model (${names}). --allow-differences ` +
      "draws one all the same.",
  }];
}

function pairTable(pairs: readonly PairComparison[], runs: readonly NamedRun[]): ReportBlock[] {
  const step = powerStep(pairs);
  return [
    { kind: "heading", level: 2, text: "Against A" },
    {
      kind: "table",
      columns: [
        left("run"),
        figures("right"),
        figures("gained"),
        figures("lost"),
        figures("difference"),
        figures("95 % interval"),
        figures("McNemar p"),
        figures("p (Holm)"),
        figures(`detectable${step}`),
        figures(`needed${step}`),
      ],
      rows: pairs.map((pair, place) => [
        runs[place + 1]!.name,
        countedPercent(pair.statistics.second.count, pair.statistics.total),
        ...pairCells(pair),
      ]),
    },
  ];
}

function groupTable(
  title: string,
  groups: readonly QuestionGroup[],
  runs: readonly NamedRun[],
): ReportBlock {
  return {
    kind: "table",
    columns: [left(title), ...runs.map(({ name }) => figures(name))],
    rows: groups.map(({ name, right }) => [
      TYPE_NAMES[name] ?? name,
      ...right.map((one) => one === undefined ? "–" : countedPercent(one.count, one.total)),
    ]),
  };
}

function calibrationBlocks(runs: readonly NamedRun[]): ReportBlock[] {
  const known = runs.flatMap(({ name, figures: { letters } }) =>
    letters?.calibration === undefined ? [] : [{ name, calibration: letters.calibration }]
  );
  if (known.length === 0) return [];
  return [
    { kind: "heading", level: 2, text: "Probabilities of the letters" },
    {
      kind: "table",
      columns: [left("run"), figures("n"), figures("ECE"), figures("Brier")],
      rows: known.map(({ name, calibration: { count, ece, brier } }) => [
        name,
        String(count),
        ece.toFixed(3),
        brier.toFixed(3),
      ]),
    },
    {
      kind: "text",
      text: "ECE and Brier: 0 is perfect; Brier 0.75 is one in four for each letter.",
    },
  ];
}

function originBlocks(runs: readonly NamedRun[]): ReportBlock[] {
  const facts = [
    "provenance.dataset.sha256",
    "provenance.prompt.sha256",
    "provenance.llm.model_digest",
    "provenance.llm.adapter_digest",
    "provenance.llm.dtype",
    "provenance.llm.device",
    "provenance.houqa_version",
  ];
  const rows = [
    ["file", ...runs.map(({ run }) => run.path)],
    ["finished", ...runs.map(({ file }) => file?.provenance.finished_at ?? "–")],
    ...facts.map((fact) => [
      fact.replace(/^provenance\./, ""),
      ...runs.map(({ run }) => run.facts.get(fact) ?? "–"),
    ]).filter(([, ...values]) => values.some((value) => value !== "–")),
  ];
  return [
    { kind: "heading", level: 2, text: "Origin" },
    { kind: "table", columns: [left(""), ...runs.map(({ name }) => left(name))], rows },
  ];
}
