import { html, type Markup } from "../markup.ts";
import type { ReportModel } from "../report_model.ts";
import { disclosure, runTag, say, section, table } from "./figure.ts";

/** Every setting and origin that the files tell. */
export function originSection({ runs }: ReportModel): Markup {
  const facts = [...new Set(runs.flatMap(({ run }) => [...run.facts.keys()]))].toSorted();
  const floorNote = html`<p class="soft">${
    say(
      "always:x はいつも x、longest は最も長い選択肢、overlap は問題文や条文と最も語が重なる選択肢を答えた場合です。",
      "always:x gives x to everything, longest the longest choice, overlap the choice that shares " +
        "most words with question and statutes.",
    )
  }</p>`;
  return section("origin", { ja: "設定と出所", en: "Settings and origin" }, [
    floorNote,
    disclosure(
      say("すべての設定", "All settings"),
      table(
        [{ title: say("項目", "Setting") }, ...runs.map((run) => ({ title: runTag(run) }))],
        facts.map((fact) => [fact, ...runs.map(({ run }) => run.facts.get(fact) ?? "–")]),
      ),
    ),
  ]);
}
