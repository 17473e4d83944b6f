/// <reference lib="dom" />
import { type Child, element, say } from "./element.ts";
import { longText } from "./long_text.ts";
import type { AnswerData, OtherData } from "./page_data.ts";
import { givenBadge } from "./question_list.ts";

/** The answers to a question with its choices in other orders, and what was made of them. */
export function orderAnswers({ orders, majority, calibrated, response }: AnswerData): Child {
  const others: [Child, OtherData | undefined][] = [
    [say("順の多数決", "Majority of the orders"), majority],
    [say("較正後（文字の偏りを除く）", "Calibrated (letter prior taken off)"), calibrated],
  ];
  const known = others.filter(([, other]) => other !== undefined);
  if (orders === undefined && known.length === 0) return false;
  return [
    orders !== undefined && element(
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
            element("th", { scope: "col" }, say("順", "Order")),
            element("th", { scope: "col" }, say("示した文字", "As shown")),
            element("th", { scope: "col" }, say("元の文字", "In the file")),
            element("th", { scope: "col" }, say("応答", "Response")),
          ),
        ),
        element(
          "tbody",
          {},
          orders.map(({ order, outcome, shown, letter, response: own }) =>
            element(
              "tr",
              {},
              element("th", { scope: "row" }, order),
              element("td", {}, shown || "–"),
              element("td", {}, givenBadge([outcome, letter])),
              element("td", {}, shortResponse(own ?? response)),
            )
          ),
        ),
      ),
    ),
    known.map(([name, other]) =>
      element("p", { class: "small" }, name, " ", givenBadge([other!.outcome, other!.letter]))
    ),
  ];
}

/** A response of a few words as it is, a longer one behind its beginning. */
function shortResponse(text: string): Child {
  if (text.length <= 40) return element("span", { lang: "ja" }, text || "∅");
  return element(
    "details",
    {},
    element("summary", { lang: "ja" }, `${text.slice(0, 24).replace(/\s+/g, " ")}…`),
    longText(text),
  );
}
