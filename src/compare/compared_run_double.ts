import { type Letter, LETTERS } from "../dataset/question.ts";
import type { ComparedQuestion, ComparedRun } from "./compared_run.ts";

/** What a run answered to one question: a letter, or how it ended without one. */
export type GivenDouble = Letter | "unparsed" | "truncated" | "error";

/** Correct letters in a fixed order that favours none: a, b, c, d, a, … */
export function correctLetter(index: number): Letter {
  return LETTERS[index % LETTERS.length]!;
}

/** A wrong letter for the question, spread over the others. */
export function wrongLetter(index: number): Letter {
  return LETTERS[(index + 1 + Math.floor(index / 4) % 3) % LETTERS.length]!;
}

/** Answers of a run that is right where `isRight` says so. */
export function rightWhere(count: number, isRight: (index: number) => boolean): GivenDouble[] {
  return Array.from(
    { length: count },
    (_, index) => isRight(index) ? correctLetter(index) : wrongLetter(index),
  );
}

/** A run with these answers, every question in a law and with an article of its own. */
export function makeComparedRun(
  path: string,
  given: readonly GivenDouble[],
  overrides: Partial<ComparedRun> = {},
): ComparedRun {
  return {
    path,
    origin: "houqa",
    mode: "direct",
    model: `model of ${path}`,
    facts: new Map(),
    hasGoldContext: false,
    questions: given.map((one, index) => makeComparedQuestion(one, index)),
    ...overrides,
  };
}

/** The same answers to questions with other right letters. */
export function withCorrect(run: ComparedRun, correctOf: (index: number) => Letter): ComparedRun {
  return {
    ...run,
    questions: run.questions.map((question) => {
      const correct = correctOf(question.index);
      return {
        ...question,
        correct,
        outcome: question.predicted === correct ? "correct" : "wrong",
      };
    }),
  };
}

/** One answered question. */
export function makeComparedQuestion(given: GivenDouble, index: number): ComparedQuestion {
  const correct = correctLetter(index);
  const isLetter = given.length === 1;
  const letter = isLetter ? { letter: given as Letter } : {};
  return {
    key: `question ${index}`,
    index,
    fileName: `法${index % 2}_第1章_問題番号${index}`,
    question: index % 3 === 0
      ? `第${index}条について、誤っているものを教えてください。`
      : `第${index}条について、正しいものを教えてください。`,
    choices: { a: "一つ目の文", b: "二つ目の文", c: "三つ目の文", d: "四つ目の文" },
    correct,
    ...(isLetter ? { predicted: given as Letter } : {}),
    outcome: isLetter
      ? given === correct ? "correct" : "wrong"
      : given as Exclude<GivenDouble, Letter>,
    response: given,
    answers: given === "error" ? [] : [{ response: given, ...letter }],
  };
}
