import type { PairComparison } from "../compare/compare_runs.ts";
import type { LetterProfile } from "../compare/letter_profile.ts";
import { LETTERS } from "../dataset/question.ts";
import { share } from "./console_report.ts";
import { pValue } from "./figures.ts";
import { left, type ReportBlock, right } from "./report_block.ts";
import type { RunNames } from "./verdict_sentence.ts";

/** Which letters were given, and what they are worth without reading. */
export function letterBlocks(
  { letters, statistics }: PairComparison,
  names: RunNames,
): ReportBlock[] {
  const row = (name: string, { counts, none, blindAccuracy, takeover }: LetterProfile) => [
    name,
    ...LETTERS.map((letter) => String(counts[letter])),
    String(none),
    share(blindAccuracy),
    takeover === undefined
      ? ""
      : `collapsed to "${takeover.letter}", p = ${pValue(takeover.pValue)}`,
  ];
  return [
    { kind: "heading", level: 2, text: "Letters" },
    {
      kind: "table",
      columns: [left(""), ...LETTERS.map(right), right("none"), right("blind"), left("")],
      rows: [
        row(names.first, letters.first),
        row(names.second, letters.second),
      ],
    },
    {
      kind: "text",
      text: "blind: accuracy to expect from these letters given without reading, of " +
        `${statistics.total} questions.`,
    },
  ];
}

/** How far the letter probabilities can be believed; nothing where none are known. */
export function calibrationBlocks({ letters }: PairComparison, names: RunNames): ReportBlock[] {
  const known = [[names.first, letters.first], [names.second, letters.second]] as const;
  const measured = known.flatMap(([name, { calibration }]) =>
    calibration === undefined ? [] : [{ name, calibration }]
  );
  if (measured.length === 0) return [];
  const lows = [
    ...new Set(measured.flatMap(({ calibration }) => calibration.bins.map((b) => b.low))),
  ]
    .toSorted((x, y) => x - y);
  return [
    { kind: "heading", level: 2, text: "Probabilities of the letters" },
    {
      kind: "table",
      columns: [left(""), right("questions"), right("ECE"), right("Brier")],
      rows: measured.map(({ name, calibration: { count, ece, brier } }) => [
        name,
        String(count),
        ece.toFixed(3),
        brier.toFixed(3),
      ]),
    },
    {
      kind: "table",
      columns: [
        left("most likely letter"),
        ...measured.flatMap(({ name }) => [right(`${name}: n`), right("said"), right("right")]),
      ],
      rows: lows.map((low) => [
        `${low.toFixed(1)} to ${(low + 0.1).toFixed(1)}`,
        ...measured.flatMap(({ calibration }) => {
          const bin = calibration.bins.find((one) => one.low === low);
          return bin === undefined
            ? ["0", "–", "–"]
            : [String(bin.count), share(bin.confidence), share(bin.accuracy)];
        }),
      ]),
    },
    {
      kind: "text",
      text: "ECE 0 is perfect, few questions make it larger; Brier 0 is perfect, 0.75 is one in " +
        "four for each letter.",
    },
  ];
}
