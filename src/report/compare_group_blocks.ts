import type { GroupCounts } from "../compare/breakdown.ts";
import type { Flip, PairComparison } from "../compare/compare_runs.ts";
import { share } from "./console_report.ts";
import { left, type ReportBlock, right } from "./report_block.ts";
import type { RunNames } from "./verdict_sentence.ts";

/** What is asked for, by its group. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  asks_right: "正しいもの (asks right)",
  asks_wrong: "誤り・該当しないもの (asks wrong)",
};
/** More laws are left to the JSON. */
const MOST_LAWS = 15;

/** Right answers by law and by what is asked. */
export function groupBlocks({ byLaw, byType }: PairComparison, names: RunNames): ReportBlock[] {
  const table = (title: string, groups: readonly GroupCounts[]): ReportBlock => ({
    kind: "table",
    columns: [
      left(title),
      right("n"),
      right(names.first),
      right(names.second),
      right("gained"),
      right("lost"),
    ],
    rows: groups.map(({ group, total, firstRight, secondRight, gained, lost }) => [
      TYPE_NAMES[group] ?? group,
      String(total),
      `${firstRight} (${share(firstRight / total)})`,
      `${secondRight} (${share(secondRight / total)})`,
      String(gained),
      String(lost),
    ]),
  });
  const rest = byLaw.length - MOST_LAWS;
  return [
    { kind: "heading", level: 2, text: "Right answers by law and by what is asked" },
    table("", byLaw.slice(0, MOST_LAWS)),
    ...(rest > 0 ? [{ kind: "text", text: `and ${rest} more (--json has all)` } as const] : []),
    table("", byType),
    {
      kind: "text",
      text:
        "For reading on, not for conclusions: with so few questions each, groups differ by chance.",
    },
  ];
}

/**
 * The questions that one run got right and the other did not.
 * @param most listed in each direction.
 * @param whereAll how to see the others.
 */
export function flipBlocks(
  { gained, lost }: PairComparison,
  names: RunNames,
  most: number,
  whereAll = "--flips all lists them",
): ReportBlock[] {
  const table = (flips: readonly Flip[]): ReportBlock => ({
    kind: "table",
    columns: [
      right("#"),
      left(names.first),
      left(names.second),
      left("gold"),
      left("name"),
      left("question"),
    ],
    rows: flips.slice(0, most).map(({ index, fileName, question, correct, first, second }) => [
      String(index),
      first.letter ?? first.outcome,
      second.letter ?? second.outcome,
      correct,
      fileName,
      question.replace(/\s+/g, " "),
    ]),
  });
  const blocks = (title: string, flips: readonly Flip[]): ReportBlock[] =>
    flips.length === 0 ? [] : [
      { kind: "heading", level: 2, text: `${title}: ${flips.length}` },
      ...(most === 0 ? [] : [table(flips)]),
      ...(flips.length > most
        ? [
          {
            kind: "text",
            text: `and ${flips.length - most} more (${whereAll})`,
          } as const,
        ]
        : []),
    ];
  return [
    ...blocks(`Gained (only ${names.second} right)`, gained),
    ...blocks(`Lost (only ${names.first} right)`, lost),
  ];
}
