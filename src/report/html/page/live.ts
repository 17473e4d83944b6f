/// <reference lib="dom" />
import { byId, type Child, element, say } from "./element.ts";
import type { LiveComparison, LiveData, LiveRun, LiveState } from "./live_data.ts";
import { setUpPreferences, setUpScrolling } from "./preferences.ts";

const EVERY_MS = 1_000;

const STATES: Readonly<Record<LiveState, readonly [ja: string, en: string]>> = {
  waiting: ["開始待ち", "not begun"],
  running: ["実行中", "running"],
  stopped: ["停止（途中で終わった）", "stopped before its end"],
  finished: ["完了", "finished"],
  damaged: ["読めません", "unreadable"],
};

/** Shows the runs as the server sees them now, and asks again later. */
async function refresh(): Promise<void> {
  try {
    const response = await fetch("state", { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    const data = await response.json() as LiveData;
    if (data.isFinished) {
      location.reload();
      return;
    }
    byId("live").replaceChildren(
      element("div", { class: "cards" }, data.runs.map(runCard)),
      ...data.comparisons.length === 0 ? [] : [comparisonTable(data.comparisons)],
    );
    byId("lost").hidden = true;
  } catch {
    byId("lost").hidden = false;
  }
  setTimeout(refresh, EVERY_MS);
}

function runCard(run: LiveRun, place: number): HTMLElement {
  const { name, path, state, message, model, total, done, accuracy, outcomes, letters } = run;
  const isWhole = state === "finished";
  return element(
    "article",
    { class: `card run-card run-edge-${place % 6}` },
    element(
      "h3",
      {},
      element("b", { class: `run run-${place % 6}` }, name),
      " ",
      element("span", { class: `state state-${state}` }, say(...STATES[state])),
    ),
    element("p", { class: "model" }, model ?? ""),
    message !== undefined && element("p", { class: "warning" }, message),
    element(
      "p",
      {},
      element("progress", {
        max: String(total ?? 1),
        value: String(total === undefined ? 0 : done),
        "aria-label": name,
      }),
    ),
    element("p", {}, `${done} / ${total ?? "–"} `, say("問", "questions"), pace(run)),
    accuracy === undefined ? false : element(
      "p",
      { class: isWhole ? "big" : "big provisional" },
      (100 * accuracy.share).toFixed(1),
      element("span", { class: "unit" }, " %"),
      !isWhole && element("span", { class: "unit" }, say("（暫定）", " (provisional)")),
    ),
    accuracy === undefined ? false : element(
      "p",
      {},
      say("正答", "right"),
      ` ${accuracy.count}/${accuracy.total}`,
      say("、95 % 区間 ", ", 95 % interval "),
      `${percent(accuracy.interval.low)}–${percent(accuracy.interval.high)} %`,
    ),
    element(
      "p",
      { class: "soft" },
      part(say("不正解", "wrong"), outcomes["wrong"]),
      part(say("読み取れない", "unparsed"), outcomes["unparsed"]),
      part(say("途中で切れた", "truncated"), outcomes["truncated"]),
      part(say("エラー", "errors"), outcomes["error"]),
    ),
    element(
      "p",
      { class: "soft" },
      say("文字 ", "letters "),
      Object.entries(letters).map(([letter, count]) => part(letter, count, true)),
    ),
    takeoverWarning(run, isWhole),
    element("p", { class: "path" }, path),
  );
}

function takeoverWarning({ takeover }: LiveRun, isWhole: boolean): Child {
  if (takeover === undefined) return false;
  const { letter, count, answered } = takeover;
  return element(
    "p",
    { class: "warning" },
    say(
      `${isWhole ? "" : "ここまでの"}回答 ${answered} 件中 ${count} 件が ${letter} です（崩壊）。`,
      `${count} of ${answered} answers ${
        isWhole ? "" : "until now "
      }are "${letter}": this looks like a collapse.`,
    ),
  );
}

function part(name: Child, count: number | undefined, always = false): Child {
  if (!always && !count) return false;
  return element("span", { class: "part" }, name, ` ${count ?? 0}`);
}

function pace({ state, secondsAnAnswer, secondsLeft, secondsSinceAnswer }: LiveRun): Child {
  if (state === "stopped") {
    return say(
      "。同じコマンドで続きから再開できます。",
      ". The same command goes on where it ended.",
    );
  }
  if (state !== "running") return "";
  return [
    secondsAnAnswer === undefined ? "" : [
      say("、1 問 ", ", "),
      duration(secondsAnAnswer),
      say("", " a question"),
    ],
    secondsLeft === undefined
      ? ""
      : [say("、残り約 ", ", about "), duration(secondsLeft), say("", " left")],
    secondsSinceAnswer === undefined || secondsSinceAnswer < 10 ? "" : [
      say("、最後の回答は ", ", last answer "),
      duration(secondsSinceAnswer),
      say("前", " ago"),
    ],
  ];
}

function comparisonTable(comparisons: readonly LiveComparison[]): HTMLElement {
  const titles: readonly (readonly [string, string])[] = [
    ["組", "Runs"],
    ["両方が答えた問題", "Answered by both"],
    ["正答", "Right"],
    ["後者だけ正答", "Only the second"],
    ["前者だけ正答", "Only the first"],
  ];
  return element(
    "section",
    {},
    element("h2", {}, say("ここまでの比較（暫定）", "Until now (provisional)")),
    element(
      "div",
      { class: "wide" },
      element(
        "table",
        {},
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            titles.map(([ja, en], place) =>
              element("th", { scope: "col", class: place > 0 ? "figure" : undefined }, say(ja, en))
            ),
          ),
        ),
        element(
          "tbody",
          {},
          comparisons.map(({ first, second, questions, firstRight, secondRight, gained, lost }) =>
            element(
              "tr",
              {},
              element("th", { scope: "row" }, `${first} → ${second}`),
              [String(questions), `${firstRight} → ${secondRight}`, String(gained), String(lost)]
                .map((text) => element("td", { class: "figure" }, text)),
            )
          ),
        ),
      ),
    ),
    element(
      "p",
      { class: "soft" },
      say(
        "判定は最後まで出しません。途中の差を見て止めたり決めたりすると、見かけの差をつかみます。",
        "No verdict before the end: who stops or decides by what shows on the way catches chance.",
      ),
    ),
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function duration(seconds: number): Child {
  if (seconds < 10) return say(`${seconds.toFixed(1)} 秒`, `${seconds.toFixed(1)} s`);
  if (seconds < 100) return say(`${Math.round(seconds)} 秒`, `${Math.round(seconds)} s`);
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return say(`${minutes} 分`, `${minutes} min`);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return say(`${hours} 時間 ${rest} 分`, `${hours} h ${rest} min`);
}

setUpPreferences();
setUpScrolling();
refresh();
