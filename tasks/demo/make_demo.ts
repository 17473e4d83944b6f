import { makeQuestions, type Question, type QuestionOptions } from "./question.ts";
import { seededRandom } from "./random.ts";
import { type Sample, toSample } from "./sample.ts";
import { makeStatutes, type Statute } from "./statute.ts";

/** What {@link makeDemo} is asked for. */
export interface DemoOptions extends Partial<QuestionOptions> {
  /** Any 32-bit whole number; each gives other statutes and questions. */
  readonly seed: number;
  /** How many statutes (at most 320). */
  readonly statutes: number;
  /** How many questions; about 1,000 different ones can be had from each statute. */
  readonly questions: number;
}

/** Fictional statutes and questions about them. */
export interface Demo {
  readonly statutes: readonly Statute[];
  /** The questions with their facts and slots, for tests and for making training text. */
  readonly questions: readonly Question[];
  /** The same questions, in the same order, in the dataset's format. */
  readonly samples: readonly Sample[];
}

/** The seed of the committed dataset. */
export const DEMO_SEED = 20260;
/** Statutes in the committed dataset. */
export const DEMO_STATUTES = 5;
/** Questions in the committed dataset. */
export const DEMO_QUESTIONS = 240;

/**
 * Makes fictional statutes and four-choice questions about them. The same options always give the
 * same result; the statutes depend on `seed` and `statutes` only.
 * @throws RangeError if more statutes or questions are asked for than there are
 */
export function makeDemo(options: DemoOptions): Demo {
  const { seed, wrongShare = 0.3, gridShare = 0.8, plain = false } = options;
  const statutes = makeStatutes(options.statutes, seededRandom(seed));
  const questions = makeQuestions(
    statutes,
    options.questions,
    { wrongShare, gridShare, plain },
    seededRandom(seed ^ 0x9e3779b9),
  );
  return { statutes, questions, samples: questions.map((q, i) => toSample(q, i + 1)) };
}
