import { kanjiNumber } from "./kanji_number.ts";
import { LETTERS, type Question } from "./question.ts";
import { articleContext } from "./sample.ts";

/** A way to answer without understanding: a score for each choice; the highest is chosen. */
export type Trick = (question: Question) => readonly number[];

function bigrams(text: string): Set<string> {
  const chars = [...text];
  return new Set(chars.slice(1).map((char, i) => chars[i]! + char));
}

/** The share of `of`'s bigrams that are in `within`. */
function covered(of: Set<string>, within: Set<string>): number {
  return of.size === 0 ? 0 : [...of].filter((b) => within.has(b)).length / of.size;
}

/** A score that speaks for a true statement speaks against it where the false one is asked for. */
function towardsTruth(question: Question, scores: readonly number[]): number[] {
  return scores.map((score) => question.kind === "correct" ? score : -score);
}

function overlap(question: Question, rewrite: (text: string) => string): number[] {
  const context = bigrams(articleContext(question.statute, question.article));
  return towardsTruth(
    question,
    question.choices.map(({ text }) => covered(bigrams(rewrite(text)), context)),
  );
}

/** 1万2000 as 一万二千: undoes the statements' Arabic digits. */
function withKanjiNumerals(text: string): string {
  return text.replace(/か月/g, "月").replace(/(\d+)万(\d*)|(\d+)/g, (_, man, rest, plain) => {
    if (plain !== undefined) return kanjiNumber(Number(plain));
    return kanjiNumber(Number(man) * 10000 + Number(rest || 0));
  });
}

const fixedLetter = (index: number): Trick => () => LETTERS.map((_, i) => i === index ? 1 : 0);

/** The shortcuts that the dataset is measured against. */
export const TRICKS: Readonly<Record<string, Trick>> = {
  "always a": fixedLetter(0),
  "always b": fixedLetter(1),
  "always c": fixedLetter(2),
  "always d": fixedLetter(3),
  "longest choice": ({ choices }) => choices.map(({ text }) => text.length),
  "shortest choice": ({ choices }) => choices.map(({ text }) => -text.length),
  "majority of the slots": (question) =>
    towardsTruth(
      question,
      question.choices.map(({ statement }) => {
        const values = Object.values(statement.slots).map(({ value }) => value);
        const shared = question.choices.map((other) => {
          const theirs = Object.values(other.statement.slots).map(({ value }) => value);
          return values.filter((value) => theirs.includes(value)).length;
        });
        return shared.reduce((sum, n) => sum + n, 0);
      }),
    ),
  "most like the other choices": (question) => {
    const sets = question.choices.map(({ text }) => bigrams(text));
    const likeness = sets.map((set, i) =>
      sets.reduce((sum, other, j) => i === j ? sum : sum + covered(set, other), 0)
    );
    return towardsTruth(question, likeness);
  },
  "affirmative choice": (question) =>
    towardsTruth(
      question,
      question.choices.map(({ text }) =>
        /(ない|禁止されている|禁じられている)$/.test(text) ? 0 : 1
      ),
    ),
  "bigrams shared with the article": (question) => overlap(question, (text) => text),
  "the same with kanji numerals": (question) => overlap(question, withKanjiNumerals),
};

/**
 * The expected share of right answers by a trick (0 to 1). A tie between k choices counts 1/k,
 * which is what guessing among them gives on average.
 */
export function trickAccuracy(trick: Trick, questions: readonly Question[]): number {
  let right = 0;
  for (const question of questions) {
    const scores = trick(question);
    const best = Math.max(...scores);
    const tied = LETTERS.filter((_, i) => scores[i]! >= best - 1e-12);
    if (tied.includes(question.answer)) right += 1 / tied.length;
  }
  return right / questions.length;
}
