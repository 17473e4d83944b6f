/** How one question ended, as one character: right, wrong, unparsed, cut off, error. */
export type OutcomeMark = "c" | "w" | "u" | "t" | "e";

/**
 * One run's answer in the list of questions: how it ended, the letter where there is one, and 1 where
 * it was another choice in another order of the choices.
 */
export type GivenMark = readonly [outcome: OutcomeMark, letter: string, unsteady?: 1];

/** One line of the list of questions. */
export interface RowData {
  /** Position in the question file. */
  readonly n: number;
  readonly law: string;
  readonly name: string;
  readonly text: string;
  /** Choices a to d, or the whole text where they can't be told apart. */
  readonly choices: readonly string[];
  readonly gold: string;
  /** One for each run; null where it lacks the question. */
  readonly given: readonly (GivenMark | null)[];
}

/** A statute shown with a question. */
export interface ArticleData {
  readonly title: string;
  readonly url?: string;
  readonly score?: number;
  readonly rank?: number;
  /** What was wanted. */
  readonly gold?: true;
  /** Why it is here though not found, or why it was left out. */
  readonly note?: string;
}

/** One answer of several to the same question. */
export interface SampleData {
  readonly letter: string;
  readonly response: string;
}

/** The answer to the question with its choices in one order. */
export interface OrderData {
  /** "2031": place i showed choice number order[i]. */
  readonly order: string;
  readonly outcome: OutcomeMark;
  /** As the model gave it, and the letter that this choice has in the question file; or none. */
  readonly shown: string;
  readonly letter: string;
  /** Of other orders than the file's, which is the plain response; its beginning where it is long. */
  readonly response?: string;
}

/** An answer beside the plain one. */
export interface OtherData {
  readonly outcome: OutcomeMark;
  readonly letter: string;
}

/** One run's answer in full. */
export interface AnswerData {
  readonly response: string;
  readonly thinking?: string;
  /** Place in the block's texts. */
  readonly prompt?: number;
  /** Of a to d, sum 1. */
  readonly probabilities?: readonly number[];
  readonly seconds?: number;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly rule?: string;
  readonly finish?: string;
  readonly error?: string;
  readonly articles?: readonly ArticleData[];
  readonly leftOut?: readonly ArticleData[];
  readonly samples?: readonly SampleData[];
  readonly orders?: readonly OrderData[];
  readonly majority?: OtherData;
  readonly calibrated?: OtherData;
}

/** One question in full. */
export interface DetailData {
  readonly references: readonly string[];
  readonly answers: readonly (AnswerData | null)[];
}

/** Some questions in full; prompts stand once. */
export interface DetailBlock {
  readonly texts: readonly string[];
  readonly details: readonly DetailData[];
}

/** What the page's script knows before any question is opened. */
export interface PageData {
  readonly runs: readonly string[];
  /** Questions in a block. */
  readonly blockSize: number;
  readonly rows: readonly RowData[];
}
