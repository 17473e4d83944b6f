import { z } from "zod";
import { ORDER_NAMES } from "../dataset/choice_orders.ts";
import {
  answerFields,
  count,
  interval,
  letter,
  letterCounts,
  letterLogprobsSchema,
  outcomeSchema,
  share,
} from "./answer_schema.ts";

/** An answer with the letter prior taken off. */
export const calibratedAnswerSchema = z.object({
  predicted_answer: letter,
  is_correct: z.boolean(),
  letter_logprobs: letterLogprobsSchema.describe(
    "log-probabilities minus those of the blank question, renormalised over the four letters",
  ),
});
/** An answer with the letter prior taken off. */
export type CalibratedAnswer = z.infer<typeof calibratedAnswerSchema>;

/** The answer to a question whose choices stood in one order. */
export const orderAnswerSchema = z.object({
  order: z.enum(ORDER_NAMES).describe(
    "place i showed the choice that is number order[i], from 0, in the question file",
  ),
  ...answerFields,
  predicted_answer: answerFields.predicted_answer.describe(
    "mapped back: the letter that the choice has in the question file",
  ),
  letter_logprobs: letterLogprobsSchema.optional().describe(
    "mapped back, as predicted_answer; shown_logprobs has them as the model saw them",
  ),
  shown_answer: answerFields.predicted_answer.describe("the letter that the model gave"),
  shown_correct_answer: letter.describe("the right letter in this order"),
  shown_logprobs: letterLogprobsSchema.optional(),
  ensemble_votes: answerFields.ensemble_votes.describe("by the letters that the model gave"),
  samples: answerFields.samples.describe(
    "every answer of an ensemble, with the letters that the model gave",
  ),
  calibrated: calibratedAnswerSchema.optional().describe("mapped back, as predicted_answer"),
});
/** The answer to a question whose choices stood in one order. */
export type OrderAnswer = z.infer<typeof orderAnswerSchema>;

/** The vote of a question's four orders. */
export const orderMajoritySchema = z.object({
  predicted_answer: z.union([letter, z.literal("unknown")]),
  is_correct: z.boolean(),
  outcome: outcomeSchema.exclude(["error"]),
  votes: z.record(z.string(), count).describe(
    "orders by the letter they voted for, mapped back; unknown: those without a letter",
  ),
  decided_by: z.enum(["majority", "logprobs", "drawn_order", "earliest", "none"]).describe(
    "majority: more orders than for any other letter; logprobs: a tie, broken by the larger sum of " +
      "log-probabilities over the orders; drawn_order: a tie, broken by the order that the SHA-256 " +
      "of question and choices draws; earliest: a tie, broken by order 0123 (files of houqa before " +
      "drawn_order); none: no order gave a letter",
  ),
});
/** The vote of a question's four orders. */
export type OrderMajority = z.infer<typeof orderMajoritySchema>;

/** Fields of a question's result that only runs with several orders or a calibration have. */
export const orderResultFields = {
  orders: z.array(orderAnswerSchema).optional().describe(
    "the question in every order of its choices, 0123 (as in the file) first; the answer beside " +
      "this list is that of 0123. On an error: those asked until then",
  ),
  majority: orderMajoritySchema.optional().describe("of the orders; absent on an error"),
  is_consistent: z.boolean().optional().describe(
    "the same choice, wherever it stood, in all orders; absent on an error",
  ),
  is_correct_in_all_orders: z.boolean().optional().describe("absent on an error"),
  calibrated: calibratedAnswerSchema.optional().describe(
    "beside the plain answer, never instead of it; absent where not all four letters had a " +
      "log-probability",
  ),
  calibrated_majority: orderMajoritySchema.optional().describe(
    "vote of the orders' calibrated answers, where all have one",
  ),
};

const rate = z.object({
  rate: share.describe("count / total_count"),
  count,
  total_count: z.int().positive(),
  interval: interval.describe("95 % Wilson interval of rate"),
});

const score = {
  accuracy: share.describe("correct_count / total_count"),
  correct_count: count,
  total_count: z.int().positive(),
  accuracy_interval: interval.describe("95 % Wilson interval of accuracy"),
};

/** What four orders of the choices showed. */
export const orderSummarySchema = z.object({
  by_order: z.array(z.object({
    order: z.enum(ORDER_NAMES),
    ...score,
    wrong_count: count,
    unparsed_count: count,
    truncated_count: count,
    error_count: count,
    not_asked_count: count.describe("questions that an error in an earlier order had ended"),
    shown_letters: letterCounts.describe("answers by the letter that the model gave"),
  })),
  consistent_correct: rate.describe("right in all orders, of all questions"),
  consistent: rate.optional().describe(
    "the same choice in all orders, of the questions answered without an error",
  ),
  majority: z.object({
    ...score,
    wrong_count: count,
    unparsed_count: count,
    truncated_count: count,
    error_count: count,
    tie_count: count.describe("questions whose vote a tie rule decided"),
    drawn_tie_count: count.optional().describe(
      "of these, ties that the order drawn for the question decided, as no log-probabilities did",
    ),
  }),
  position_bias: z.object({
    letter: letter.describe("given most often, over all orders"),
    count,
    answer_count: z.int().positive().describe("answers with a letter, over all orders"),
    share: share.describe("count / answer_count; 1/4 without any preference"),
    letters: letterCounts,
    question_count: z.int().positive().describe("questions answered in all orders"),
    p_value: share.describe(
      "exact permutation test within questions, times four for the choice of the letter",
    ),
  }).optional().describe(
    "whether one letter is given more often than what is chosen explains: every choice stands once " +
      "at each letter",
  ),
});
/** What four orders of the choices showed. */
export type OrderSummary = z.infer<typeof orderSummarySchema>;

/** What taking off the letter prior changed. */
export const calibrationSummarySchema = z.object({
  ...score,
  total_count: z.int().positive().describe("questions with a calibrated answer"),
  plain_correct_count: count.describe("right before calibration, of the same questions"),
  changed_count: count.describe("questions whose letter calibration changed"),
  gained_count: count.describe("changed and right only after it"),
  lost_count: count.describe("changed and right only before it"),
  not_calibrated_count: count.describe(
    "questions without log-probabilities of all four letters, or with an error",
  ),
  predicted_letters: letterCounts,
  prior: z.object({ a: share, b: share, c: share, d: share }).describe(
    "probabilities of the letters for the blank question",
  ),
  majority: z.object(score).optional().describe("of the orders' calibrated answers"),
});
/** What taking off the letter prior changed. */
export type CalibrationSummary = z.infer<typeof calibrationSummarySchema>;

/** The blank question that a letter prior was measured with. */
export const calibrationSchema = z.object({
  placeholder: z.string().describe("stands for question, choices and context"),
  prompt: z.string().describe("the last user message"),
  response: z.string(),
  prior_logprobs: letterLogprobsSchema,
});
/** The blank question that a letter prior was measured with. */
export type Calibration = z.infer<typeof calibrationSchema>;
