import type { z } from "zod";
import type { Letter, Question } from "../dataset/question.ts";
import { type Completion, type Llm, LlmError, type Prompt } from "../llm/llm.ts";
import type { PromptMode } from "../settings/setting_table.ts";
import type { answerFields, ErrorKind, Outcome, Sample } from "./answer_schema.ts";
import { definedOnly } from "./defined_only.ts";
import { extractAnswer, reasoningOf } from "./extract_answer.ts";
import { sumOfAll } from "./sum_of_all.ts";
import { vote } from "./vote.ts";

/** How a prompt is asked. */
export interface AnswerPlan {
  readonly mode: PromptMode;
  /** Samples per prompt; 1 = no ensemble. */
  readonly ensemble: number;
  /** Sample k uses seed + k. */
  readonly seed: number;
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** Constrain direct answers to one letter where the backend can. */
  readonly structured: boolean;
}

/** A question as it is shown, with its prompt. */
export interface AskedPrompt {
  /** Its choices and answer in the order in which the prompt shows them. */
  readonly question: Question;
  readonly prompt: Prompt;
}

/** What became of one prompt: the part of a result that any prompt has. */
export type Answer = z.infer<z.ZodObject<typeof answerFields>>;

/**
 * Asks one prompt, as many times as the plan says, and judges the answers. A failed call makes the
 * whole answer an error: an ensemble of fewer samples is another measure.
 * @throws {DOMException} `AbortError` when the signal fired; nothing of the answer counts then.
 */
export async function answerPrompt(
  { question, prompt }: AskedPrompt,
  model: Pick<Llm, "invoke">,
  plan: AnswerPlan,
  signal?: AbortSignal,
): Promise<Answer> {
  const samples: Sample[] = [];
  try {
    for (let k = 0; k < plan.ensemble; k++) {
      const seed = plan.seed + k;
      const completion = await model.invoke(prompt, {
        temperature: plan.temperature,
        maxNewTokens: plan.maxNewTokens,
        seed,
        answerFormat: plan.structured ? "letter" : "text",
        signal,
      });
      samples.push(readSample(completion, question, plan.mode, seed));
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    return failure(error, samples.length, plan.ensemble);
  }
  return decide(samples, question, plan);
}

function readSample(
  completion: Completion,
  question: Question,
  mode: PromptMode,
  seed: number,
): Sample {
  const extraction = extractAnswer(completion.text, {
    mode,
    choices: question.choices,
    truncated: completion.finishReason === "length",
  });
  return {
    letter: extraction.letter ?? "unknown",
    rule: extraction.letter === null ? `none: ${extraction.reason}` : extraction.rule,
    response: completion.text,
    finish_reason: completion.finishReason,
    seed,
    seconds: completion.seconds,
    ...definedOnly({
      thinking: completion.thinking,
      prompt_tokens: completion.promptTokens,
      completion_tokens: completion.completionTokens,
      attempts: completion.attempts,
      letter_logprobs: completion.letterLogprobs,
    }),
  };
}

function decide(samples: Sample[], question: Question, plan: AnswerPlan): Answer {
  const result = vote(samples.map((sample) => ({
    letter: sample.letter,
    letterLogprobs: sample.letter_logprobs,
  })));
  const deciding = samples[result.decidingBallot]!;
  const options = { mode: plan.mode, choices: question.choices };
  return {
    predicted_answer: result.winner,
    is_correct: result.winner === question.answer,
    outcome: outcomeOf(result.winner, question.answer, samples),
    response: deciding.response,
    ...(plan.mode === "cot" ? { reasoning: reasoningOf(deciding.response, options) } : {}),
    seconds: sumOfAll(samples.map((sample) => sample.seconds))!,
    finish_reason: deciding.finish_reason,
    ...definedOnly({
      prompt_tokens: sumOfAll(samples.map((sample) => sample.prompt_tokens)),
      completion_tokens: sumOfAll(samples.map((sample) => sample.completion_tokens)),
      extraction_rule: deciding.rule,
      thinking: deciding.thinking,
      seed: deciding.seed,
      attempts: sumOfAll(samples.map((sample) => sample.attempts)),
      letter_logprobs: deciding.letter_logprobs,
    }),
    ...(samples.length === 1 ? {} : {
      ensemble_votes: result.votes,
      ensemble_confidence: result.confidence,
      samples,
    }),
  };
}

/** A question is truncated only if no letter stands and the length limit cut some answer. */
function outcomeOf(
  winner: Letter | "unknown",
  correct: Letter,
  samples: readonly Sample[],
): Outcome {
  if (winner === correct) return "correct";
  if (winner !== "unknown") return "wrong";
  return samples.some((sample) => sample.finish_reason === "length") ? "truncated" : "unparsed";
}

function failure(error: unknown, done: number, ensemble: number): Answer {
  const kind: ErrorKind = error instanceof LlmError ? error.kind : "other";
  const message = error instanceof Error ? error.message : String(error);
  return {
    predicted_answer: "error",
    is_correct: false,
    outcome: "error",
    response: "",
    error: ensemble > 1 ? `sample ${done + 1} of ${ensemble}: ${message}` : message,
    error_kind: kind,
  };
}
