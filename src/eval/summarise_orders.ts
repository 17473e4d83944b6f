import { ORDER_NAMES, type OrderName } from "../dataset/choice_orders.ts";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { positionPreference } from "../stats/position_preference.ts";
import { wilsonInterval } from "../stats/wilson_interval.ts";
import type { Outcome } from "./answer_schema.ts";
import type { OrderMajority, OrderSummary } from "./order_schema.ts";
import type { QuestionResult } from "./result_schema.ts";

/**
 * What the order of the choices changed.
 * @param results of a run with `--orders`, at least one.
 */
export function summariseOrders(results: readonly QuestionResult[]): OrderSummary {
  const total = results.length;
  const complete = results.filter(({ outcome }) => outcome !== "error");
  return {
    by_order: ORDER_NAMES.map((order) => summariseOrder(results, order)),
    consistent_correct: rate(
      complete.filter((result) => result.is_correct_in_all_orders).length,
      total,
    ),
    ...(complete.length === 0 ? {} : {
      consistent: rate(complete.filter((result) => result.is_consistent).length, complete.length),
    }),
    majority: summariseMajority(complete, total),
    ...summariseBias(complete),
  };
}

function summariseOrder(
  results: readonly QuestionResult[],
  order: OrderName,
): OrderSummary["by_order"][number] {
  const answers = results.flatMap(({ orders = [] }) =>
    orders.filter((answer) => answer.order === order)
  );
  const countOf = (outcome: Outcome) => answers.filter((one) => one.outcome === outcome).length;
  const shown = { a: 0, b: 0, c: 0, d: 0 };
  for (const letter of LETTERS) {
    shown[letter] = answers.filter((answer) => answer.shown_answer === letter).length;
  }
  return {
    order,
    ...score(countOf("correct"), results.length),
    wrong_count: countOf("wrong"),
    unparsed_count: countOf("unparsed"),
    truncated_count: countOf("truncated"),
    error_count: countOf("error"),
    not_asked_count: results.length - answers.length,
    shown_letters: shown,
  };
}

function summariseMajority(
  complete: readonly QuestionResult[],
  total: number,
): OrderSummary["majority"] {
  const majorities = complete.flatMap(({ majority }) => majority ?? []);
  const countOf = (outcome: Outcome) => majorities.filter((one) => one.outcome === outcome).length;
  const isTie = ({ decided_by: by }: OrderMajority) => by !== "majority" && by !== "none";
  return {
    ...score(countOf("correct"), total),
    wrong_count: countOf("wrong"),
    unparsed_count: countOf("unparsed"),
    truncated_count: countOf("truncated"),
    error_count: total - complete.length,
    tie_count: majorities.filter(isTie).length,
    drawn_tie_count: majorities.filter(({ decided_by: by }) => by === "drawn_order").length,
  };
}

function summariseBias(
  complete: readonly QuestionResult[],
): Pick<OrderSummary, "position_bias"> {
  const bias = positionPreference(
    complete.map(({ orders = [] }) =>
      ORDER_NAMES.map((order) =>
        orders.find((answer) => answer.order === order)!.shown_answer as Letter | "unknown"
      )
    ),
  );
  if (bias === undefined) return {};
  return {
    position_bias: {
      letter: bias.letter,
      count: bias.count,
      answer_count: bias.answered,
      share: bias.count / bias.answered,
      letters: { ...bias.counts },
      question_count: bias.questions,
      p_value: bias.pValue,
    },
  };
}

function rate(count: number, total: number): OrderSummary["consistent_correct"] {
  return { rate: count / total, count, total_count: total, interval: wilsonInterval(count, total) };
}

/** A count of right answers as accuracy, with its interval. */
export function score(correct: number, total: number) {
  return {
    accuracy: correct / total,
    correct_count: correct,
    total_count: total,
    accuracy_interval: wilsonInterval(correct, total),
  };
}
