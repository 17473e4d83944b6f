import { z } from "zod";
import { LETTERS } from "../dataset/question.ts";

/** A whole number from 0. */
export const count = z.int().nonnegative();
/** One of the four letters. */
export const letter = z.enum(LETTERS);
/** From 0 to 1. */
export const share = z.number().min(0).max(1);
/** Of a share. */
export const interval = z.object({ low: share, high: share });
/** Something counted for each letter. */
export const letterCounts = z.object({ a: count, b: count, c: count, d: count });

/** How one question ended. Only `wrong` is a wrong answer. */
export const outcomeSchema = z.enum(["correct", "wrong", "unparsed", "truncated", "error"]);
/** How one question ended. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** Why a question ended in an error. */
export const errorKindSchema = z.enum([
  "timeout",
  "connection",
  "server",
  "request",
  "prompt_cut",
  "out_of_memory",
  "other",
]);
/** Why a question ended in an error. */
export type ErrorKind = z.infer<typeof errorKindSchema>;

/** What a model thought of the letters, whichever it gave. */
export const letterLogprobsSchema = z.partialRecord(letter, z.number().max(0)).describe(
  "natural-log probabilities of the letters at the answer position, renormalised over those known",
);

/** One generated answer. */
export const sampleSchema = z.object({
  letter: z.union([letter, z.literal("unknown")]),
  rule: z.string().optional().describe(
    "extraction rule that read the letter, or why there is none",
  ),
  response: z.string().describe("the raw text, as generated"),
  thinking: z.string().optional(),
  finish_reason: z.enum(["stop", "length"]),
  seed: z.int().optional(),
  seconds: z.number().nonnegative(),
  prompt_tokens: count.optional(),
  completion_tokens: count.optional(),
  attempts: z.int().positive().optional(),
  letter_logprobs: letterLogprobsSchema.optional(),
});
/** One generated answer. */
export type Sample = z.infer<typeof sampleSchema>;

/** The answer to one prompt, or what became of it: fields that every result has. */
export const answerFields = {
  predicted_answer: z.union([letter, z.literal("unknown"), z.literal("error")]),
  is_correct: z.boolean(),
  outcome: outcomeSchema,
  response: z.string().describe("raw text of the deciding sample; empty on an error"),
  reasoning: z.string().optional().describe("chain of thought before the answer line"),
  error: z.string().optional(),
  error_kind: errorKindSchema.optional(),
  seconds: z.number().nonnegative().optional().describe("sum over the samples"),
  prompt_tokens: count.optional().describe("sum over the samples"),
  completion_tokens: count.optional().describe("sum over the samples"),
  letter_logprobs: letterLogprobsSchema.optional(),
  extraction_rule: z.string().optional(),
  thinking: z.string().optional().describe("of the deciding sample, where delivered apart"),
  seed: z.int().optional().describe("of the deciding sample"),
  attempts: z.int().positive().optional().describe("calls made in all, retries included"),
  finish_reason: z.enum(["stop", "length"]).optional(),
  ensemble_votes: z.record(z.string(), count).optional(),
  ensemble_confidence: share.optional(),
  samples: z.array(sampleSchema).optional().describe("every answer of an ensemble"),
};
