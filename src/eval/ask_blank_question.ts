import type { Question } from "../dataset/question.ts";
import { LETTERS } from "../dataset/question.ts";
import type { RAGPipeline } from "../rag/rag_pipeline.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { AnswerPlan } from "./answer_prompt.ts";
import { asPrior } from "./letter_prior.ts";
import type { Calibration } from "./order_schema.ts";

/**
 * Stands for question, choices and statute: the content-free text that Zhao et al. (see
 * `calibrateLetters`) begin with. Empty choices would make a prompt of another shape.
 */
export const BLANK = "N/A";

/**
 * Asks a question without content, in the words of the run's first one otherwise: what a model gives
 * the letters here, it gives them for their own sake.
 * @param hasContext whether the run's questions are asked with statutes.
 * @throws {UsageError} when the model does not say what it thinks of all four letters.
 * @throws {LlmError} when it can't be asked.
 * @throws {DOMException} `AbortError` when the signal fires.
 */
export async function askBlankQuestion(
  first: Question,
  hasContext: boolean,
  pipeline: RAGPipeline<Question>,
  plan: AnswerPlan,
  signal?: AbortSignal,
): Promise<Calibration> {
  const blank: Question = {
    ...first,
    context: hasContext ? BLANK : "",
    question: BLANK,
    choices: { a: BLANK, b: BLANK, c: BLANK, d: BLANK },
  };
  const prompt = pipeline.prompt(blank, hasContext ? [{ text: BLANK }] : []);
  const { text, letterLogprobs = {} } = await pipeline.invoke(prompt, {
    temperature: plan.temperature,
    maxNewTokens: plan.maxNewTokens,
    seed: plan.seed,
    answerFormat: plan.structured ? "letter" : "text",
    ...(signal === undefined ? {} : { signal }),
  });
  const prior = asPrior(letterLogprobs);
  if (prior === undefined) {
    const { backend, model } = pipeline.llm.identity;
    const known = LETTERS.filter((letter) => letterLogprobs[letter] !== undefined);
    throw new UsageError(
      `--calibrate needs the log-probabilities of all four letters, and ${model} gave ` +
        `${
          known.length === 0 ? "none" : `only those of ${known.join(", ")}`
        } for a blank question ` +
        `(its answer: ${JSON.stringify(text.slice(0, 40))}). ` +
        (backend === "hf"
          ? "Use --answer-mode score, or leave --calibrate out."
          : "Leave --calibrate out, or use the hf backend with --answer-mode score."),
    );
  }
  return {
    placeholder: BLANK,
    prompt: prompt.messages.at(-1)!.content,
    response: text,
    prior_logprobs: { ...prior },
  };
}
