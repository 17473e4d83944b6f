import pMap from "p-map";
import type { Question } from "../dataset/question.ts";
import { type AskPlan, askQuestion } from "./ask_question.ts";
import type { QuestionPrompts } from "./question_prompts.ts";
import type { QuestionResult } from "./result_schema.ts";

/** How a run ended. */
export interface EvaluationRun {
  /** Results of all questions with one, in the order of the questions. */
  readonly results: QuestionResult[];
  /** Undefined when every question was asked. */
  readonly stopped?: "signal" | "max_errors";
}

/** Where the run stands after a result. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly correct: number;
  readonly errors: number;
}

/** What a run needs. */
export interface EvaluationInput {
  readonly questions: readonly Question[];
  /** Of a pipeline whose model is loaded. */
  readonly prompts: QuestionPrompts;
  readonly plan: AskPlan;
  /** Questions in flight at once. */
  readonly concurrency: number;
  /**
   * Bytes of each question's prompt, by index. With several questions in flight the longest are
   * started first, so that no straggler is left at the end; results keep the questions' order.
   */
  readonly promptSizes?: ReadonlyMap<number, number>;
  /** Stop after this many errors in this sitting. */
  readonly maxErrors?: number;
  /** Results of an earlier sitting, by index; their errors are asked again. */
  readonly previous?: ReadonlyMap<number, QuestionResult>;
  /** Called once for every new result, before it counts; what it throws ends the run. */
  readonly record: (result: QuestionResult) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Asks every question that has no answer yet and records each result as it comes. Questions in
 * flight when the signal fires are dropped and left for the next sitting.
 */
export async function runEvaluation(input: EvaluationInput): Promise<EvaluationRun> {
  const { questions, prompts, plan, concurrency, signal } = input;
  const results = new Map<number, QuestionResult>();
  for (const question of questions) {
    const before = input.previous?.get(question.index);
    if (before !== undefined && before.outcome !== "error") results.set(question.index, before);
  }
  const open = questions.filter((question) => !results.has(question.index));
  let correct = [...results.values()].filter((result) => result.is_correct).length;
  let errors = 0;
  let stopped: EvaluationRun["stopped"];
  const report = () =>
    input.onProgress?.({
      done: results.size,
      total: questions.length,
      correct,
      errors,
    });
  report();

  const stop = new AbortController();
  const asking = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const size = (question: Question) => input.promptSizes?.get(question.index) ?? 0;
  const order = concurrency > 1 ? open.toSorted((x, y) => size(y) - size(x)) : open;
  await pMap(order, async (question) => {
    if (asking.aborted) return;
    let result: QuestionResult;
    try {
      result = await askQuestion(await prompts.prepare(question), prompts.pipeline, plan, asking);
    } catch (error) {
      if (asking.aborted) return;
      throw error;
    }
    // Between the answer and its line nothing waits, so a signal can't separate them.
    input.record(result);
    results.set(question.index, result);
    if (result.is_correct) correct++;
    if (result.outcome === "error") errors++;
    report();
    const isLast = results.size === questions.length;
    if (input.maxErrors !== undefined && errors >= input.maxErrors && !isLast) {
      stopped = "max_errors";
      stop.abort();
    }
  }, { concurrency }).catch((error) => {
    stop.abort();
    throw error;
  });
  if (signal?.aborted && results.size < questions.length) stopped = "signal";
  return {
    results: questions.flatMap((question) => results.get(question.index) ?? []),
    ...(stopped === undefined ? {} : { stopped }),
  };
}
