import { html, type Markup, type MarkupValue } from "../markup.ts";
import type { ReportModel } from "../report_model.ts";
import { say, section } from "./figure.ts";

/** Where the page's script puts the list of questions and the one that is open. */
export function questionSection({ runs, rows }: ReportModel): Markup {
  const several = runs.length > 1;
  const shown: (readonly [value: string, ja: string, en: string])[] = [
    ["all", "すべて", "all questions"],
    ["wrong", "正答でないランがある", "not right in some run"],
    ["allwrong", "どのランも正答でない", "right in no run"],
    ["unparsed", "文字が読めない・切れた・エラー", "unparsed, truncated, error"],
    ...(runs.some(({ file }) => file?.summary.orders !== undefined)
      ? [["unsteady", "選択肢の順で答えが変わった", "another choice in another order"] as const]
      : []),
    ...(several
      ? [
        ["flipped", "ランで正誤が分かれた", "right in one, not in the other"] as const,
        ["differs", "答えが分かれた", "different letters"] as const,
      ]
      : []),
    ...runs.flatMap(({ name, place }) => [
      ...(place === 0 ? [] : [
        [`gained-${place}`, `${name} だけ正答（A は違う）`, `gained by ${name}`] as const,
        [`lost-${place}`, `A だけ正答（${name} は違う）`, `lost by ${name}`] as const,
      ]),
      [`wrong-${place}`, `${name} が正答でない`, `${name} not right`] as const,
    ]),
  ];
  const laws = [...new Set(rows.map(({ law }) => law))].toSorted();
  return section(
    "questions",
    { ja: "設問ごと", en: "Questions" },
    html`
      <form class="filters" role="search" data-label-ja="絞り込み" data-label-en="Filter"
        aria-label="絞り込み">
      ${field(
        "show",
        say("表示", "Show"),
        html`<select id="show">${shown.map(([value, ja, en]) => option(value, ja, en))}</select>`,
      )}
      ${field(
        "law",
        say("法令", "Law"),
        html`<select id="law">${option("", "すべて", "all")}${
          laws.map((law) => html`<option value="=${law}">${law}</option>`)
        }</select>`,
      )}
      ${field(
        "search",
        say("検索", "Search"),
        html`<input id="search" type="search" autocomplete="off" spellcheck="false">`,
      )}
      <p class="count"><output id="count"></output></p>
      </form>
      <p class="soft keys">${say(
        "j k（一覧では ↑↓ も）で移動、Enter で詳細、/ で検索、見出しで並べ替え",
        "j k (in the list also ↑↓) move, Enter opens, / searches, headings sort",
      )}</p>
      <div class="panes">
        <div id="list" class="list" role="region" data-label-ja="設問の一覧"
          data-label-en="List of questions" aria-label="設問の一覧" tabindex="-1"></div>
        <article id="detail" class="detail" tabindex="-1" data-label-ja="設問の詳細"
          data-label-en="The question" aria-label="設問の詳細">
          <p class="soft">${say(
            "一覧から設問を選んでください。",
            "Choose a question from the list.",
          )}</p>
        </article>
      </div>
      <noscript><p class="warning">${say(
        "設問の一覧には JavaScript が要ります。",
        "The list of questions needs JavaScript.",
      )}</p></noscript>
    `,
  );
}

function field(id: string, label: MarkupValue, control: Markup): Markup {
  return html`<div class="field"><label for="${id}">${label}</label>${control}</div>`;
}

function option(value: string, ja: string, en: string): Markup {
  return html`<option value="${value}" data-ja="${ja}" data-en="${en}">${ja}</option>`;
}
