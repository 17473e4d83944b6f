import { type Letter, LETTERS } from "../../../dataset/question.ts";
import { share } from "../../console_report.ts";
import { GIVEN_COLUMNS, type LetterCross, letterHeatMap } from "../chart/letter_heat_map.ts";
import { html, type Markup } from "../markup.ts";
import type { NamedRun, ReportModel } from "../report_model.ts";
import { figure, runTag, say, section, table } from "./figure.ts";

/** Which letters were given for which right ones. */
export function letterSection({ runs }: ReportModel): Markup {
  return section("letters", { ja: "答えた文字", en: "Letters" }, [
    html`<div class="grid">${runs.map(heatMapFigure)}</div>`,
    table(
      [
        { title: say("ラン", "Run") },
        ...GIVEN_COLUMNS.map((title) => ({ title, isFigure: true })),
        { title: say("読まずに期待される正答率", "Expected without reading"), isFigure: true },
      ],
      runs.flatMap((run) => {
        const { letters } = run.figures;
        return letters === undefined ? [] : [[
          runTag(run),
          ...LETTERS.map((letter) => letters.counts[letter]),
          letters.none,
          share(letters.blindAccuracy),
        ]];
      }),
    ),
  ]);
}

function heatMapFigure(named: NamedRun): Markup {
  const { name, place, run } = named;
  const cross = crossLetters(run.questions);
  const id = `letters-${place}`;
  return figure({
    id,
    title: { ja: `${name}: 正解（縦）と回答（横）`, en: `${name}: right (down), given (across)` },
    text: {
      ja: "数は問題数。枠のある対角線が正答、– は文字なし（エラーは除く）。",
      en: "Questions. The framed diagonal is right; – is no letter (errors left out).",
    },
    drawing: letterHeatMap(id, cross),
    table: table(
      [
        { title: say("正解", "Right") },
        ...GIVEN_COLUMNS.map((title) => ({ title, isFigure: true })),
      ],
      LETTERS.map((gold) => [gold, ...cross[gold]]),
    ),
  });
}

/** Counts by right letter; the last one of each row is of questions without a letter. */
export function crossLetters(questions: NamedRun["run"]["questions"]): LetterCross {
  const cross: Record<Letter, number[]> = {
    a: [0, 0, 0, 0, 0],
    b: [0, 0, 0, 0, 0],
    c: [0, 0, 0, 0, 0],
    d: [0, 0, 0, 0, 0],
  };
  for (const { correct, predicted, outcome } of questions) {
    if (outcome === "error") continue;
    const column = predicted === undefined ? LETTERS.length : LETTERS.indexOf(predicted);
    cross[correct][column]!++;
  }
  return cross;
}
