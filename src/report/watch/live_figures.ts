import { type CountedShare, countedShare } from "../../compare/paired_statistics.ts";
import { isLetter, type Letter, LETTERS } from "../../dataset/question.ts";
import type { Outcome } from "../../eval/result_schema.ts";
import { findLetterTakeover } from "../../stats/letter_takeover.ts";
import type { JournalledAnswer } from "./tail_journal.ts";

/** Answers from which the pace is taken. */
const PACE_ANSWERS = 20;

/** How far a run is, and what its answers show until now. */
export interface LiveFigures {
  readonly done: number;
  /** Of the answers there are; absent without any. */
  readonly accuracy?: CountedShare;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly letters: Readonly<Record<Letter, number>>;
  /** A letter given far more often than chance explains, until now. */
  readonly takeover?: {
    readonly letter: Letter;
    readonly count: number;
    readonly answered: number;
  };
}

/** Figures of answers in any order. */
export function liveFigures(answers: Iterable<JournalledAnswer>): LiveFigures {
  const outcomes = { correct: 0, wrong: 0, unparsed: 0, truncated: 0, error: 0 };
  const letters = { a: 0, b: 0, c: 0, d: 0 };
  const gold = { a: 0, b: 0, c: 0, d: 0 };
  let done = 0;
  for (const { outcome, predicted_answer: predicted, correct_answer: correct } of answers) {
    done++;
    outcomes[outcome]++;
    gold[correct]++;
    if (isLetter(predicted)) letters[predicted]++;
  }
  const hasLetters = LETTERS.some((letter) => letters[letter] > 0);
  const takeover = hasLetters ? findLetterTakeover(letters, gold) : undefined;
  return {
    done,
    outcomes,
    letters,
    ...(done === 0 ? {} : { accuracy: countedShare(outcomes.correct, done) }),
    ...(takeover === undefined ? {} : {
      takeover: {
        letter: takeover.letter,
        count: takeover.count,
        answered: takeover.answered,
      },
    }),
  };
}

/**
 * Seconds an answer takes, by the last answers of a sitting.
 * @param elapsedSeconds from the beginning of the sitting to each answer, in their order.
 * @returns undefined before the second answer: the first one also waits for the model.
 */
export function secondsAnAnswer(elapsedSeconds: readonly number[]): number | undefined {
  if (elapsedSeconds.length < 2) return undefined;
  const last = elapsedSeconds.slice(-PACE_ANSWERS - 1);
  return (last.at(-1)! - last[0]!) / (last.length - 1);
}

/** Right answers of two runs on the questions that both have answered without an error. */
export interface LivePair {
  readonly questions: number;
  readonly firstRight: number;
  readonly secondRight: number;
  readonly gained: number;
  readonly lost: number;
}

/** Compares what two runs have answered; questions go together by index and text. */
export function livePair(
  first: ReadonlyMap<number, JournalledAnswer>,
  second: ReadonlyMap<number, JournalledAnswer>,
): LivePair {
  const pairs = [...second.values()].flatMap((answer) => {
    const other = first.get(answer.index);
    const isCommon = other !== undefined && other.question === answer.question &&
      other.outcome !== "error" && answer.outcome !== "error";
    return isCommon
      ? [{ first: other.outcome === "correct", second: answer.outcome === "correct" }]
      : [];
  });
  const count = (isCounted: (pair: { first: boolean; second: boolean }) => boolean) =>
    pairs.filter(isCounted).length;
  return {
    questions: pairs.length,
    firstRight: count((pair) => pair.first),
    secondRight: count((pair) => pair.second),
    gained: count((pair) => !pair.first && pair.second),
    lost: count((pair) => pair.first && !pair.second),
  };
}
