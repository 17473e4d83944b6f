import type { Comparison, PairComparison } from "../compare/compare_runs.ts";
import type { ReExtraction } from "../compare/re_extract.ts";
import type { RunDifference } from "../compare/run_differences.ts";
import type { Verdict } from "../compare/verdict.ts";
import { answerBlocks, testBlocks } from "./compare_answer_blocks.ts";
import { flipBlocks, groupBlocks } from "./compare_group_blocks.ts";
import { calibrationBlocks, letterBlocks } from "./compare_letter_blocks.ts";
import { countedPercent, points, pointsInterval, pValue } from "./figures.ts";
import { shortDigests } from "./short_digests.ts";
import { left, type ReportBlock, right } from "./report_block.ts";
import {
  type BothLanguages,
  cautionSentence,
  type RunNames,
  verdictSentence,
} from "./verdict_sentence.ts";

/** Everything `houqa compare` found. */
export interface ComparisonReport {
  readonly comparison: Comparison;
  readonly differences: readonly RunDifference[];
  /** Only with letters read again: what that changed, and the comparison as the files have it. */
  readonly reExtraction?: {
    readonly runs: readonly ReExtraction[];
    readonly asRecorded: Comparison;
  };
}

/** What is shown of it. */
export interface CompareReportOptions {
  /** Most flipped questions listed in each direction. */
  readonly flips: number;
}

/** The name of a run by its place on the command line: A is the baseline. */
export function runName(place: number): string {
  return place < 26 ? String.fromCharCode(65 + place) : `#${place + 1}`;
}

/** A comparison as blocks for a terminal or Markdown. */
export function describeComparison(
  report: ComparisonReport,
  options: CompareReportOptions,
): ReportBlock[] {
  const { comparison, differences } = report;
  const runs = [comparison.baseline, ...comparison.pairs.map(({ second }) => second)];
  return [
    { kind: "heading", level: 1, text: "COMPARISON" },
    {
      kind: "table",
      columns: [left(""), left("")],
      rows: runs.flatMap((run, place) => [[runName(place), run.model], ["", run.path]]),
      narrow: "wrap",
    },
    ...answerKindBlocks(comparison),
    ...differenceBlocks(differences, runs.length),
    ...(comparison.pairs.length > 1 ? severalBlocks(comparison) : []),
    ...comparison.pairs.flatMap((pair, place) => {
      const names = { first: runName(0), second: runName(place + 1) };
      return [
        ...verdictBlocks(pair, names, comparison.pairs.length),
        ...reExtractionBlocks(report, place, names),
        ...answerBlocks(pair, names),
        ...testBlocks(pair, comparison, names),
        ...letterBlocks(pair, names),
        ...calibrationBlocks(pair, names),
        ...groupBlocks(pair, names),
        ...flipBlocks(pair, names, options.flips),
      ];
    }),
  ];
}

/** Which answers were compared, where it is not the plain ones. */
function answerKindBlocks({ baseline }: Comparison): ReportBlock[] {
  const kind = baseline.facts.get("answer");
  return kind === undefined ? [] : [{
    kind: "text",
    tone: "strong",
    text: `Compared are the ${
      kind.replace("-", " ")
    } answers (--answer ${kind}), not the plain ones.`,
  }];
}

/**
 * What is not the same in the files.
 * @param areAllowed whether the runs were compared all the same.
 */
export function differenceBlocks(
  differences: readonly RunDifference[],
  runs: number,
  areAllowed = true,
): ReportBlock[] {
  if (differences.length === 0) {
    return [{ kind: "text", text: "The files name no difference in settings, model or origin." }];
  }
  const isAllowed = areAllowed && differences.some(({ name }) => name !== undefined);
  return [
    { kind: "heading", level: 2, text: "What differs" },
    {
      kind: "table",
      columns: [left(""), ...Array.from({ length: runs }, (_, place) => left(runName(place)))],
      rows: differences.map(({ fact, values, name }) => [
        `${name === undefined ? "" : "! "}${fact.replace(/^(?:provenance|config)\./, "")}`,
        ...values.map((value) => value === undefined ? "–" : shortDigests(value)),
      ]),
      narrow: "stack",
    },
    ...(isAllowed
      ? [
        {
          kind: "text",
          tone: "warning",
          text:
            "! These differences were allowed by --allow-differences: what they do to the answers " +
            "can't be told apart from what the model does.",
        } as const,
      ]
      : []),
  ];
}

function severalBlocks({ pairs }: Comparison): ReportBlock[] {
  return [
    { kind: "heading", level: 2, text: "All against A" },
    {
      kind: "table",
      columns: [
        left("Run"),
        right("right"),
        right("difference"),
        right("95 % interval"),
        right("p"),
        right("p (Holm)"),
        left("verdict"),
      ],
      rows: pairs.map(({ statistics, p, adjustedP, verdict }, place) => [
        runName(place + 1),
        countedPercent(statistics.second.count, statistics.total),
        points(statistics.difference),
        statistics.bootstrap === undefined ? "–" : pointsInterval(statistics.bootstrap),
        pValue(p),
        pValue(adjustedP),
        kindName(verdict),
      ]),
      narrow: "stack",
    },
  ];
}

/** The verdict with its cautions, in both languages. */
export function verdictBlocks(pair: PairComparison, names: RunNames, runs: number): ReportBlock[] {
  const sentence = verdictSentence(pair, names);
  const cautions = pair.verdict.cautions.map((caution) => cautionSentence(caution, pair, names));
  const notes = (of: (text: BothLanguages) => string): ReportBlock[] =>
    cautions.length === 0 ? [] : [{ kind: "list", tone: "warning", items: cautions.map(of) }];
  return [
    {
      kind: "heading",
      level: 2,
      text: `判定 / Verdict${runs > 1 ? `: ${names.second} against ${names.first}` : ""}`,
    },
    { kind: "text", tone: "strong", text: sentence.ja },
    ...notes(({ ja }) => ja),
    { kind: "text", tone: "strong", text: sentence.en },
    ...notes(({ en }) => en),
  ];
}

function reExtractionBlocks(
  { comparison, reExtraction }: ComparisonReport,
  place: number,
  names: RunNames,
): ReportBlock[] {
  if (reExtraction === undefined) return [];
  const before = reExtraction.asRecorded.pairs[place]!;
  const [was, is] = [kindName(before.verdict), kindName(comparison.pairs[place]!.verdict)];
  const [first, second] = [reExtraction.runs[0]!, reExtraction.runs[place + 1]!];
  return [
    { kind: "heading", level: 2, text: "Letters read again (--re-extract)" },
    {
      kind: "text",
      text: `Letters changed: ${names.first} ${first.changed.length}, ${names.second} ` +
        `${second.changed.length}.`,
    },
    was === is
      ? { kind: "text", text: `The verdict stays: ${is}.` }
      : { kind: "text", tone: "warning", text: `The verdict changes: ${was} before, now ${is}.` },
    { kind: "text", text: `Before: ${verdictSentence(before, names).ja}` },
    { kind: "text", text: `Before: ${verdictSentence(before, names).en}` },
  ];
}

function kindName({ kind }: Verdict): string {
  return kind.replaceAll("_", " ");
}
