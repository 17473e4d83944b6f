import { HOUQA_VERSION } from "../../houqa_version.ts";
import { moment } from "../figures.ts";
import { both, embedJson, html, Markup } from "./markup.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page_assets.ts";
import { detailBlocks, pageData } from "./page_blocks.ts";
import { pageSwitches } from "./page_switches.ts";
import type { ReportModel } from "./report_model.ts";
import { calibrationSection } from "./section/calibration_section.ts";
import { comparisonSection } from "./section/comparison_section.ts";
import { costSection } from "./section/cost_section.ts";
import { runTag, say } from "./section/figure.ts";
import { groupSection } from "./section/group_section.ts";
import { letterSection } from "./section/letter_section.ts";
import { orderSection } from "./section/order_section.ts";
import { originSection } from "./section/origin_section.ts";
import { questionSection } from "./section/question_section.ts";
import { retrievalSection } from "./section/retrieval_section.ts";
import { summarySection } from "./section/summary_section.ts";

const CHAPTERS = [
  { id: "summary", title: { ja: "概要", en: "Summary" }, make: summarySection },
  { id: "comparison", title: { ja: "比較", en: "Comparison" }, make: comparisonSection },
  { id: "questions", title: { ja: "設問", en: "Questions" }, make: questionSection },
  { id: "letters", title: { ja: "文字", en: "Letters" }, make: letterSection },
  { id: "orders", title: { ja: "選択肢の順", en: "Orders" }, make: orderSection },
  { id: "laws", title: { ja: "法令", en: "Laws" }, make: groupSection },
  { id: "calibration", title: { ja: "較正", en: "Calibration" }, make: calibrationSection },
  { id: "retrieval", title: { ja: "検索", en: "Retrieval" }, make: retrievalSection },
  { id: "lengths", title: { ja: "長さと時間", en: "Lengths" }, make: costSection },
  { id: "origin", title: { ja: "出所", en: "Origin" }, make: originSection },
] as const;

/**
 * A report as one HTML page that needs nothing else, in pieces. Nothing but the page's own script
 * runs in it: a content security policy names that script and the style by their digests.
 */
export async function* renderPage(model: ReportModel): AsyncGenerator<string> {
  const chapters = CHAPTERS.flatMap(({ id, title, make }) => {
    const markup = make(model);
    return markup === undefined ? [] : [{ id, title, markup }];
  });
  const policy = [
    "default-src 'none'",
    `script-src '${await digest(PAGE_SCRIPT)}'`,
    `style-src '${await digest(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  const { runs, madeAt } = model;
  yield html`
    <!DOCTYPE html>
    <html lang="ja" data-language="ja">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <meta name="color-scheme" content="light dark">
        <title>houqa: ${runs.map(({ run }) => run.model).join(" / ")}</title>
        <style>${new Markup(PAGE_STYLE)}</style>
      </head>
      <body>
        <header>
          <div>
            <h1>${say("houqa 評価レポート", "houqa evaluation report")}</h1>
            <p>${runs.map((run) =>
              html`
                ${runTag(run)}
              `
            )}${say(`${model.rows.length} 問`, `${model.rows.length} questions`)} · ${moment(
              madeAt,
            )} UTC · houqa ${HOUQA_VERSION}</p>
          </div>
          <div
            class="controls">${pageSwitches()}</div>
        </header>
        <nav data-label-ja="目次" data-label-en="Contents" aria-label="目次">
          <ul>${chapters.map(({ id, title }) =>
            html`<li><a href="#${id}">${both(title)}</a></li>`
          )}</ul>
        </nav>
        <main>
  `.text;
  for (const { markup } of chapters) yield markup.text;
  yield html`
    </main>
    <footer>
      <p>${say(
        "この 1 ファイルで完結します。どこにも接続しません。",
        "This file is complete in itself and connects to nothing.",
      )}</p>
    </footer>
  `.text;
  yield jsonScript("rows", pageData(model));
  let place = 0;
  for (const block of detailBlocks(model)) yield jsonScript(`block-${place++}`, block);
  yield `<script>${PAGE_SCRIPT}</script>\n</body>\n</html>\n`;
}

/** Data that the page's script reads; browsers run nothing of this type. */
function jsonScript(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${embedJson(value)}</script>\n`;
}

/** As content security policies name an inline script or style. */
async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}`;
}
