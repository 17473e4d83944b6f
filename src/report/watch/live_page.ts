import { html, Markup } from "../html/markup.ts";
import { LIVE_SCRIPT, PAGE_STYLE } from "../html/page_assets.ts";
import { pageSwitches } from "../html/page_switches.ts";
import { say } from "../html/section/figure.ts";

/** The page that is shown while runs go on; it asks the server beside it for their state. */
export function livePage(): string {
  return html`
    <!DOCTYPE html>
    <html lang="ja" data-language="ja">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>houqa: watch</title>
        <style>${new Markup(PAGE_STYLE)}</style>
      </head>
      <body>
        <header>
          <div>
            <h1>${say("houqa 実行中の評価", "houqa evaluations going on")}</h1>
            <p>${say(
              "1 秒ごとに更新します。数値は暫定で、全問の結果ではありません（並列のときは長い問題から尋ねます）。",
              "Refreshed every second. Figures are provisional and not those of all questions (several at once: the longest are asked first).",
            )}</p>
          </div>
          <div
            class="controls">${pageSwitches()}</div>
        </header>
        <main>
          <p id="lost" class="warning" role="status" hidden>${say(
            "houqa report --watch に接続できません。終わったか、止められています。",
            "houqa report --watch can't be reached: it has ended or was stopped.",
          )}</p>
          <div id="live">
            <p class="soft">${say("読み込み中…", "Loading…")}</p>
          </div>
          <noscript><p class="warning">${say(
            "この画面には JavaScript が要ります。",
            "This page needs JavaScript.",
          )}</p></noscript>
        </main>
      </body>
      <script>${new Markup(LIVE_SCRIPT)}</script>
    </html>
  `.text.trim();
}
