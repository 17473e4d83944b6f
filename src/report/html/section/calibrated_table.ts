import { countedShare } from "../../../compare/paired_statistics.ts";
import { LETTERS } from "../../../dataset/question.ts";
import type { CalibrationSummary } from "../../../eval/order_schema.ts";
import { share } from "../../console_report.ts";
import { html, type Markup } from "../markup.ts";
import type { NamedRun } from "../report_model.ts";
import { runTag, say, table } from "./figure.ts";
import { countedShareText, intervalText } from "./figures_text.ts";

/** Answers with the letter prior taken off, beside the plain ones. */
export function calibratedTable(
  calibrated: readonly { run: NamedRun; calibration: CalibrationSummary }[],
): Markup {
  return html`<h3>${
    say(
      "文字の事前分布を除いた答え（較正）",
      "Answers with the letter prior taken off (calibrated)",
    )
  }</h3>
<p class="soft">${
    say(
      "中身のない問題に対する各文字の対数確率を引いて、選び直した答えです。元の答えと並べて読むもので、置き換えるものではありません。",
      "Chosen again after subtracting each letter's log-probability for a question without content. " +
        "To be read beside the plain answer, not in its place.",
    )
  }</p>${
    table(
      [
        { title: say("ラン", "Run") },
        { title: say("元の正答", "Plain"), isFigure: true },
        { title: say("較正後の正答", "Calibrated"), isFigure: true },
        { title: say("95 % 区間", "95 % interval"), isFigure: true },
        { title: say("文字が変わった", "Letter changed"), isFigure: true },
        { title: say("新しく正答", "Gained"), isFigure: true },
        { title: say("正答でなくなった", "Lost"), isFigure: true },
        ...LETTERS.map((letter) => ({
          title: say(`${letter} の事前確率`, `Prior of ${letter}`),
          isFigure: true,
        })),
      ],
      calibrated.map(({ run, calibration: one }) => [
        runTag(run),
        countedShareText(countedShare(one.plain_correct_count, one.total_count)),
        countedShareText(countedShare(one.correct_count, one.total_count)),
        intervalText(one.accuracy_interval),
        one.changed_count,
        one.gained_count,
        one.lost_count,
        ...LETTERS.map((letter) => share(one.prior[letter])),
      ]),
    )
  }`;
}
