import { type OrderName, originalLetter, shownLetter } from "../dataset/choice_orders.ts";
import { type Letter, LETTERS } from "../dataset/question.ts";
import type { LetterLogprobs, Llm } from "../llm/llm.ts";
import { type Answer, answerPrompt } from "./answer_prompt.ts";
import type { AskPlan } from "./ask_question.ts";
import { calibratedAnswer } from "./calibrated_answer.ts";
import { definedOnly } from "./defined_only.ts";
import { drawOrder } from "./draw_order.ts";
import type { CalibratedAnswer, OrderAnswer, OrderMajority } from "./order_schema.ts";
import type { PromptInOrder } from "./question_prompts.ts";
import type { QuestionResult } from "./result_schema.ts";
import { vote } from "./vote.ts";

type OrderPart = Pick<
  QuestionResult,
  | keyof Answer
  | "orders"
  | "majority"
  | "is_consistent"
  | "is_correct_in_all_orders"
  | "calibrated"
  | "calibrated_majority"
>;

/**
 * Asks a question in each order of its choices, one after the other, and maps the answers back. The
 * plain answer is that of the first order, the question as it stands in its file. An error ends the
 * question, in whatever order: fewer orders are another measure.
 * @param orders the question's own order first.
 * @throws {DOMException} `AbortError` when the signal fired.
 */
export async function askInOrders(
  orders: readonly PromptInOrder[],
  model: Pick<Llm, "invoke">,
  plan: AskPlan,
  signal?: AbortSignal,
): Promise<OrderPart> {
  const given = plan.ordersAtOnce
    ? await Promise.all(orders.map((asked) => answerPrompt(asked, model, plan, signal)))
    : await askOneByOne(orders, model, plan, signal);
  const answers = given.map((answer, at) => mapBack(answer, orders[at]!, plan));
  const failed = answers.find(({ outcome }) => outcome === "error");
  if (failed !== undefined) {
    return {
      predicted_answer: "error",
      is_correct: false,
      outcome: "error",
      response: "",
      error: `order ${failed.order}: ${failed.error}`,
      ...definedOnly({ error_kind: failed.error_kind }),
      orders: answers,
    };
  }
  const correct = orders[0]!.question.answer;
  const [plain] = given as [Answer];
  const drawn = await drawOrder(orders[0]!.question);
  const [{ calibrated, predicted_answer: first }] = answers as [OrderAnswer];
  return {
    ...plain,
    orders: answers,
    majority: majorityOf(answers, drawn, correct, isTruncated(answers)),
    is_consistent: first !== "unknown" &&
      answers.every(({ predicted_answer: letter }) => letter === first),
    is_correct_in_all_orders: answers.every(({ is_correct: isCorrect }) => isCorrect),
    ...definedOnly({
      calibrated,
      calibrated_majority: calibratedMajority(answers, drawn, correct),
    }),
  };
}

async function askOneByOne(
  orders: readonly PromptInOrder[],
  model: Pick<Llm, "invoke">,
  plan: AskPlan,
  signal?: AbortSignal,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const asked of orders) {
    const answer = await answerPrompt(asked, model, plan, signal);
    answers.push(answer);
    if (answer.outcome === "error") break;
  }
  return answers;
}

function mapBack(
  answer: Answer,
  { order, question }: PromptInOrder,
  { prior }: AskPlan,
): OrderAnswer {
  const { predicted_answer: shown, letter_logprobs: shownLogprobs, ...rest } = answer;
  const calibrated = calibratedAnswer(answer, question.answer, prior);
  return {
    order,
    predicted_answer: shown === "unknown" || shown === "error"
      ? shown
      : originalLetter(order, shown),
    shown_answer: shown,
    shown_correct_answer: question.answer,
    ...rest,
    ...(shownLogprobs === undefined ? {} : {
      letter_logprobs: logprobsBack(order, shownLogprobs),
      shown_logprobs: shownLogprobs,
    }),
    ...(calibrated === undefined ? {} : { calibrated: calibratedBack(order, calibrated) }),
  };
}

function logprobsBack(order: OrderName, shown: LetterLogprobs): LetterLogprobs {
  return definedOnly(
    Object.fromEntries(LETTERS.map((letter) => [letter, shown[shownLetter(order, letter)]])),
  );
}

function calibratedBack(order: OrderName, shown: CalibratedAnswer): CalibratedAnswer {
  return {
    predicted_answer: originalLetter(order, shown.predicted_answer),
    is_correct: shown.is_correct,
    letter_logprobs: logprobsBack(order, shown.letter_logprobs),
  };
}

const isTruncated = (answers: readonly OrderAnswer[]) =>
  answers.some(({ outcome }) => outcome === "truncated");

/**
 * A tie that log-probabilities don't break goes to the first of the tied letters from the drawn
 * order on.
 * @param drawn place of that order.
 * @param truncated whether the length limit is why there is no letter, where there is none.
 */
function majorityOf(
  answers: readonly Pick<OrderAnswer, "predicted_answer" | "letter_logprobs">[],
  drawn: number,
  correct: Letter,
  truncated: boolean,
): OrderMajority {
  const rotated = [...answers.slice(drawn), ...answers.slice(0, drawn)];
  const { winner, votes, decidedBy } = vote(rotated.map((answer) => ({
    letter: answer.predicted_answer as Letter | "unknown",
    ...definedOnly({ letterLogprobs: answer.letter_logprobs }),
  })));
  const isCorrect = winner === correct;
  return {
    predicted_answer: winner,
    is_correct: isCorrect,
    outcome: winner === "unknown"
      ? truncated ? "truncated" : "unparsed"
      : isCorrect
      ? "correct"
      : "wrong",
    votes: { ...votes },
    decided_by: decidedBy === "earliest" ? "drawn_order" : decidedBy,
  };
}

function calibratedMajority(
  answers: readonly OrderAnswer[],
  drawn: number,
  correct: Letter,
): OrderMajority | undefined {
  const calibrated = answers.flatMap((answer) => answer.calibrated ?? []);
  return calibrated.length === answers.length
    ? majorityOf(calibrated, drawn, correct, false)
    : undefined;
}
