/// <reference lib="dom" />
import { byId, type Child, element, say, webLink } from "./element.ts";
import type { AnswerData, ArticleData, DetailData, RowData } from "./page_data.ts";
import type { ReportData } from "./load_data.ts";
import { longText } from "./long_text.ts";
import { orderAnswers } from "./order_answers.ts";
import { givenBadge } from "./question_list.ts";
import { markDifferences } from "./word_marks.ts";

/** Shows one question in full. */
export function showDetail(data: ReportData, place: number): void {
  const row = data.page.rows[place]!;
  const detail = data.detail(place);
  const { texts } = data.block(place);
  byId("detail").replaceChildren(
    element("h3", {}, `#${row.n} `, element("span", { class: "soft" }, row.name)),
    element("p", { class: "question", lang: "ja" }, row.text),
    choiceTable(row, detail, data.page.runs),
    element("h4", {}, say("生の応答", "Raw responses")),
    element("div", { class: "responses" }, responses(row, detail, data.page.runs)),
    ...prompts(detail, texts, data.page.runs),
    ...retrieved(detail, data.page.runs),
    ...(detail.references.length === 0 ? [] : [
      element("h4", {}, say("出典", "References")),
      element(
        "ul",
        { class: "path" },
        detail.references.map((url) => element("li", {}, webLink(url, url))),
      ),
    ]),
  );
  byId("detail").scrollTop = 0;
}

function choiceTable(
  { choices, gold, given }: RowData,
  { answers }: DetailData,
  runs: readonly string[],
) {
  return element(
    "div",
    { class: "wide" },
    element(
      "table",
      { class: "choices" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col" }, say("選択肢", "Choice")),
          runs.map((name) => element("th", { scope: "col", class: "figure" }, name)),
        ),
      ),
      element(
        "tbody",
        {},
        ["a", "b", "c", "d"].map((letter, place) =>
          element(
            "tr",
            { class: letter === gold ? "gold" : undefined },
            element(
              "th",
              { scope: "row" },
              element("b", {}, letter),
              letter === gold && element("span", { class: "gold-mark" }, say("正解", "right")),
              element("span", { lang: "ja" }, ` ${choices[place] ?? ""}`),
            ),
            answers.map((answer, run) =>
              element(
                "td",
                { class: "figure" },
                given[run]?.[1] === letter && element(
                  "span",
                  { class: "picked" },
                  "●",
                  element("span", { class: "unseen" }, say("選んだ", "given")),
                ),
                answer?.probabilities === undefined
                  ? ""
                  : ` ${(100 * answer.probabilities[place]!).toFixed(1)}%`,
              )
            ),
          )
        ),
      ),
    ),
  );
}

function responses({ given }: RowData, { answers }: DetailData, runs: readonly string[]): Child[] {
  const first = answers[0];
  const marked = answers.map((answer, run) =>
    run === 0 || first === null || first === undefined || answer === null
      ? undefined
      : markDifferences(first.response, answer.response)
  );
  return answers.map((answer, run) => {
    if (answer === null) {
      return element("div", { class: "response" }, element("h5", {}, runs[run]!), "–");
    }
    // With one other run its differences are marked on both sides.
    const marks = run > 0 ? marked[run]?.[1] : answers.length === 2 ? marked[1]?.[0] : undefined;
    const isSame = run > 0 && first?.response === answer.response;
    return element(
      "div",
      { class: "response" },
      element("h5", {}, runNameOf(runs, run), " ", givenBadge(given[run])),
      answer.error !== undefined && element("pre", { class: "warning" }, answer.error),
      longText(answer.response, marks),
      isSame && element("p", { class: "soft" }, say("A と同じ", "The same as A")),
      run > 0 && !isSame && marks === undefined &&
        element(
          "p",
          { class: "soft" },
          say("差の印なし（長すぎる）", "Differences not marked: too long"),
        ),
      answer.thinking !== undefined && element(
        "details",
        {},
        element("summary", {}, say("思考", "Thinking")),
        longText(answer.thinking),
      ),
      measures(answer),
      orderAnswers(answer),
      samples(answer),
    );
  });
}

function runNameOf(runs: readonly string[], run: number): Child {
  return element("b", { class: `run run-${run % 6}` }, runs[run]!);
}

function measures({ seconds, promptTokens, completionTokens, rule, finish }: AnswerData): Child {
  const parts = [
    seconds === undefined ? "" : `${seconds} s`,
    promptTokens === undefined
      ? ""
      : `${promptTokens}${completionTokens === undefined ? "" : ` → ${completionTokens}`} tokens`,
    rule ?? "",
    finish ?? "",
  ].filter((part) => part !== "");
  return parts.length > 0 && element("p", { class: "soft small" }, parts.join(" · "));
}

function samples({ samples: several }: AnswerData): Child {
  return several !== undefined && element(
    "details",
    {},
    element("summary", {}, say(`${several.length} 回の回答`, `${several.length} answers`)),
    several.map(({ letter, response }) => [
      element("p", { class: "small" }, element("b", {}, letter || "–")),
      longText(response),
    ]),
  );
}

function prompts({ answers }: DetailData, texts: readonly string[], runs: readonly string[]) {
  const byPrompt = new Map<number, number[]>();
  for (const [run, answer] of answers.entries()) {
    if (answer?.prompt === undefined) continue;
    byPrompt.set(answer.prompt, [...byPrompt.get(answer.prompt) ?? [], run]);
  }
  return [...byPrompt].map(([prompt, of]) => {
    const names = of.map((run) => runs[run]!).join(", ");
    return element(
      "details",
      { open: "" },
      element("summary", {}, say(`プロンプトと文脈（${names}）`, `Prompt and context (${names})`)),
      longText(texts[prompt]!, undefined, promptLines),
    );
  });
}

/** Headings of statutes and parts of the prompt stand out. */
function promptLines(text: string): Child[] {
  return text.split(/^(#{1,6} .*|【[^】\n]*】)$/m).map((part, place) =>
    place % 2 === 1 ? element("b", {}, part) : part
  );
}

function retrieved({ answers }: DetailData, runs: readonly string[]): HTMLElement[] {
  return answers.flatMap((answer, run) => {
    const { articles = [], leftOut = [] } = answer ?? {};
    if (articles.length + leftOut.length === 0) return [];
    return [
      element("h4", {}, say(`検索された条文（${runs[run]}）`, `Retrieved articles (${runs[run]})`)),
      element("ol", { class: "articles" }, articles.map((one) => articleItem(one))),
      ...(leftOut.length === 0 ? [] : [
        element("p", { class: "soft" }, say("示されなかった条文", "Not shown")),
        element("ul", { class: "articles" }, leftOut.map((one) => articleItem(one))),
      ]),
    ];
  });
}

function articleItem({ title, url, score, rank, gold, note }: ArticleData): Child {
  return element(
    "li",
    {},
    webLink(url, title),
    gold === true && element("span", { class: "gold-mark" }, say("正解の条文", "wanted")),
    element(
      "span",
      { class: "soft small" },
      [
        "",
        rank === undefined ? "" : `#${rank}`,
        score === undefined ? "" : `score ${score}`,
        note ?? "",
      ].filter((part, place) => place === 0 || part !== "").join(" · "),
    ),
  );
}
