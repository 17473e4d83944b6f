import type { Choices, Letter } from "../dataset/question.ts";
import type { Outcome } from "../eval/result_schema.ts";
import type { PromptMode } from "../settings/setting_table.ts";

/** One generated text and what is needed to read its letter again. */
export interface GivenAnswer {
  readonly response: string;
  /** The length limit cut it; absent where the file does not say. */
  readonly isCut?: boolean;
  /** Letter as it was read when the run was made. */
  readonly letter?: Letter;
  /** Natural-log probabilities of the letters known. */
  readonly letterLogprobs?: Readonly<Partial<Record<Letter, number>>>;
}

/** Another answer of a run to the same question, e.g. the majority over the orders of its choices. */
export type OtherAnswer = Pick<
  ComparedQuestion,
  "predicted" | "outcome" | "probabilities" | "answers"
>;

/** One question's result, as far as comparisons need it. */
export interface ComparedQuestion {
  /** The same for the same question in another file: text and choices, not position. */
  readonly key: string;
  /** Position in the question file, from 0. */
  readonly index: number;
  readonly fileName: string;
  readonly question: string;
  /** Absent where they can't be told apart. */
  readonly choices?: Choices;
  readonly correct: Letter;
  /** Absent where no letter was read. */
  readonly predicted?: Letter;
  readonly outcome: Outcome;
  /** The raw text of the deciding answer; of an error its message. */
  readonly response: string;
  /** The last user message, where the file holds it. */
  readonly prompt?: string;
  /** All four, as probabilities of sum 1; absent unless all are known. */
  readonly probabilities?: Readonly<Record<Letter, number>>;
  /** Every answer of an ensemble, else the one; empty on an error. */
  readonly answers: readonly GivenAnswer[];
  /** Answers beside the plain one, where the run has them. */
  readonly others?: {
    readonly majority?: OtherAnswer;
    readonly calibrated?: OtherAnswer;
    readonly "calibrated-majority"?: OtherAnswer;
  };
}

/** A result file made ready for comparison. */
export interface ComparedRun {
  readonly path: string;
  /** Who wrote it: houqa, or the group's older Python evaluator. */
  readonly origin: "houqa" | "older";
  readonly mode: PromptMode;
  /** Model, adapter, precision, in a few words. */
  readonly model: string;
  /** Adapter's folder, where there was one. */
  readonly adapter?: string;
  /** Every setting and origin the file tells, by its JSON path. */
  readonly facts: ReadonlyMap<string, string>;
  /** The question file, where the result says which. */
  readonly dataset?: { readonly path: string; readonly sha256: string };
  /** The question's own statutes were in the prompt. */
  readonly hasGoldContext: boolean;
  readonly questions: readonly ComparedQuestion[];
}
