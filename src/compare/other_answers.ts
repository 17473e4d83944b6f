import type { OrderMajority } from "../eval/order_schema.ts";
import type { QuestionResult } from "../eval/result_schema.ts";
import type { ComparedQuestion, GivenAnswer, OtherAnswer } from "./compared_run.ts";
import { letterProbabilities } from "./letter_probabilities.ts";

/** The answers of a result beside the plain one: of all orders of the choices, and calibrated. */
export function otherAnswers(result: QuestionResult): Pick<ComparedQuestion, "others"> {
  const { orders, majority, calibrated, calibrated_majority: calibratedMajority } = result;
  const others = {
    ...(majority === undefined ? {} : { majority: fromMajority(majority, answersOf(orders)) }),
    ...(calibrated === undefined ? {} : {
      calibrated: {
        ...letterOf(calibrated.predicted_answer),
        outcome: calibrated.is_correct ? "correct" as const : "wrong" as const,
        probabilities: letterProbabilities(calibrated.letter_logprobs),
        answers: [{
          response: result.response,
          ...letterIn(calibrated.predicted_answer),
          letterLogprobs: calibrated.letter_logprobs,
        }],
      },
    }),
    ...(calibratedMajority === undefined ? {} : {
      "calibrated-majority": fromMajority(
        calibratedMajority,
        (orders ?? []).map(({ response, calibrated }) => ({
          response,
          ...(calibrated === undefined ? {} : {
            ...letterIn(calibrated.predicted_answer),
            letterLogprobs: calibrated.letter_logprobs,
          }),
        })),
      ),
    }),
  };
  return Object.keys(others).length === 0 ? {} : { others };
}

function fromMajority(
  { predicted_answer: predicted, outcome }: OrderMajority,
  answers: readonly GivenAnswer[],
): OtherAnswer {
  return { ...letterOf(predicted), outcome, answers };
}

/** One for each order, with letters as the question file has them. */
function answersOf(orders: QuestionResult["orders"] = []): GivenAnswer[] {
  return orders.map(({ predicted_answer, response, finish_reason: reason, letter_logprobs }) => ({
    response,
    ...letterIn(predicted_answer),
    ...(reason === undefined ? {} : { isCut: reason === "length" }),
    ...(letter_logprobs === undefined ? {} : { letterLogprobs: letter_logprobs }),
  }));
}

type Predicted = QuestionResult["predicted_answer"];

function letterOf(predicted: Predicted): Pick<OtherAnswer, "predicted"> {
  return predicted === "unknown" || predicted === "error" ? {} : { predicted };
}

function letterIn(predicted: Predicted): Pick<GivenAnswer, "letter"> {
  return predicted === "unknown" || predicted === "error" ? {} : { letter: predicted };
}
