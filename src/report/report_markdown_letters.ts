import { LETTERS } from "../dataset/question.ts";
import { share } from "./console_report.ts";
import { GIVEN_COLUMNS } from "./html/chart/letter_heat_map.ts";
import type { NamedRun } from "./html/report_model.ts";
import { crossLetters } from "./html/section/letter_section.ts";
import { left, type ReportBlock, right as figures } from "./report_block.ts";

/** Which letters were given for which right ones. */
export function letterBlocks(runs: readonly NamedRun[]): ReportBlock[] {
  return [
    { kind: "heading", level: 2, text: "Letters: right one down, given one across" },
    {
      kind: "table",
      columns: [left("run"), left("right"), ...GIVEN_COLUMNS.map(figures)],
      rows: runs.flatMap(({ name, run, figures: { letters } }) => {
        const cross = crossLetters(run.questions);
        return [
          ...LETTERS.map((gold) => [name, gold, ...cross[gold].map(String)]),
          ...(letters === undefined ? [] : [[
            name,
            `all (blind ${share(letters.blindAccuracy)})`,
            ...LETTERS.map((letter) => String(letters.counts[letter])),
            String(letters.none),
          ]]),
        ];
      }),
    },
    {
      kind: "text",
      text: "–: no letter (errors left out). blind: accuracy to expect from these letters given " +
        "without reading.",
    },
  ];
}
