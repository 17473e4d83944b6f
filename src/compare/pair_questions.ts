import type { ComparedQuestion, ComparedRun } from "./compared_run.ts";

/** The same question in two runs. */
export interface QuestionPair {
  readonly first: ComparedQuestion;
  readonly second: ComparedQuestion;
}

/** Two runs' questions, matched. */
export interface Pairing {
  /** In the first run's order. */
  readonly pairs: readonly QuestionPair[];
  /** Questions of one run that the other lacks. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Left out: the files name different correct answers. */
  readonly otherCorrect: number;
  /** Left out: one or both runs ended in an error, which measures no model. */
  readonly errors: number;
}

/** Matches questions by text and choices. */
export function pairQuestions(first: ComparedRun, second: ComparedRun): Pairing {
  const others = new Map(second.questions.map((question) => [question.key, question]));
  const common = first.questions.flatMap((question): QuestionPair[] => {
    const other = others.get(question.key);
    return other === undefined ? [] : [{ first: question, second: other }];
  });
  const agreed = common.filter(({ first, second }) => first.correct === second.correct);
  const pairs = agreed.filter(({ first, second }) =>
    first.outcome !== "error" && second.outcome !== "error"
  );
  return {
    pairs,
    onlyFirst: first.questions.length - common.length,
    onlySecond: second.questions.length - common.length,
    otherCorrect: common.length - agreed.length,
    errors: agreed.length - pairs.length,
  };
}
