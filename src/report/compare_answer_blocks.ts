import type { Comparison, PairComparison } from "../compare/compare_runs.ts";
import type { PairedStatistics } from "../compare/paired_statistics.ts";
import { share } from "./console_report.ts";
import { points, pointsInterval, pValue } from "./figures.ts";
import { left, type ReportBlock, right } from "./report_block.ts";
import type { RunNames } from "./verdict_sentence.ts";

/** How the questions ended in both runs, and how alike the outputs are. */
export function answerBlocks(pair: PairComparison, names: RunNames): ReportBlock[] {
  const { statistics, outcomes, outcomeChanges, outputs } = pair;
  const { total, first, second } = statistics;
  const interval = ({ interval: { low, high } }: PairedStatistics["first"]) =>
    `${share(low)} to ${share(high)}`;
  const kinds = ["correct", "wrong", "unparsed", "truncated"] as const;
  const change = (before: number, after: number) =>
    after === before ? "0" : `${after > before ? "+" : "−"}${Math.abs(after - before)}`;
  return [
    { kind: "heading", level: 2, text: `Answers to ${total} questions` },
    {
      kind: "table",
      columns: [left(""), right(names.first), right(names.second), right("change")],
      rows: [
        ["accuracy", share(first.share), share(second.share), points(statistics.difference)],
        ["  95 % Wilson", interval(first), interval(second), ""],
        ...kinds.map((kind) => [
          kind,
          String(outcomes.first[kind]),
          String(outcomes.second[kind]),
          change(outcomes.first[kind], outcomes.second[kind]),
        ]),
        ...(pair.errors.first + pair.errors.second === 0 ? [] : [[
          "errors (not compared)",
          String(pair.errors.first),
          String(pair.errors.second),
          change(pair.errors.first, pair.errors.second),
        ]]),
      ],
    },
    {
      kind: "text",
      text: outcomeChanges.length === 0
        ? "No outcome changed."
        : `Changes: ${
          outcomeChanges.map(({ from, to, count }) => `${from} → ${to} ${count}`).join(", ")
        }.`,
    },
    {
      kind: "text",
      text: `Same text ${outputs.sameText}, same letter ${outputs.sameLetter} of ${total}` +
        (!outputs.largestProbabilityChange
          ? "."
          : `; a letter's probability changed by up to ${
            outputs.largestProbabilityChange.toFixed(3)
          }.`),
    },
  ];
}

/** The difference with its intervals, tests, and what could have been found. */
export function testBlocks(
  pair: PairComparison,
  { clustering, bootstrap, pairs }: Comparison,
  names: RunNames,
): ReportBlock[] {
  const { statistics, sensitivity, answered } = pair;
  const { counts, mcnemar, clusteredP, total } = statistics;
  const articles = clustering.by === "question"
    ? `none: every question alone (${clustering.note})`
    : `${statistics.clusterCount} groups that share ${
      clustering.by === "article" ? "an article" : "a law"
    }, largest ${statistics.largestCluster} (${clustering.note})`;
  const needed = sensitivity.questionsNeeded;
  const strictestStep = pairs.length > 1
    ? `, at p < ${pValue(sensitivity.alpha)} (Holm's strictest step)`
    : "";
  const rows = [
    [
      "gained, lost",
      `${counts.gained} only ${names.second} right, ${counts.lost} only ${names.first}`,
    ],
    ["both right, wrong", `${counts.bothRight} and ${counts.bothWrong}`],
    [
      "difference",
      `${points(statistics.difference)} points; ` +
      (statistics.bootstrap === undefined
        ? "no bootstrap interval, as nothing varies"
        : `${pointsInterval(statistics.bootstrap)} (95 % BCa bootstrap, ${bootstrap.resamples} ` +
          `resamples of groups, seed ${bootstrap.seed})`),
    ],
    ["  Newcombe", `${pointsInterval(statistics.newcombe)} (95 %, takes questions as independent)`],
    ["McNemar", `exact p = ${pValue(mcnemar.exact)}, mid-p = ${pValue(mcnemar.midP)}`],
    ["  by groups", `exact p = ${pValue(clusteredP)} (whole groups swapped)`],
    ...(pairs.length > 1
      ? [["  Holm", `p = ${pValue(pair.adjustedP)} for ${pairs.length} comparisons`]]
      : []),
    ["groups", articles],
    [
      "detectable",
      sensitivity.detectable === undefined
        ? `nothing with 80 % power: only ${counts.gained + counts.lost} of ${total} changed`
        : `${(100 * sensitivity.detectable).toFixed(1)} points with 80 % power, as ${
          share(sensitivity.discordance)
        } of the questions changed${strictestStep}`,
    ],
    ...(needed === undefined ? [] : [[
      "needed",
      `${needed.toLocaleString("en")} questions to find a difference like this one${strictestStep}`,
    ]]),
    ...(answered === undefined ? [] : [[
      "both answered",
      `${answered.first.count} and ${answered.second.count} of ${answered.total} right, ${
        points(answered.difference)
      } points, exact p = ${pValue(answered.mcnemar.exact)}`,
    ]]),
  ];
  return [
    { kind: "heading", level: 2, text: "Difference" },
    { kind: "table", columns: [left(""), left("")], rows, narrow: "wrap" },
  ];
}
