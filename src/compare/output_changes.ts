import type { Outcome } from "../eval/result_schema.ts";
import type { ComparedQuestion } from "./compared_run.ts";
import type { QuestionPair } from "./pair_questions.ts";

/** How alike the outputs of two runs are. */
export interface OutputChanges {
  /** Questions with the same raw text. */
  readonly sameText: number;
  /** Questions with the same letter, or none in both. */
  readonly sameLetter: number;
  /** Same texts and, where any are known, same letter probabilities for every question. */
  readonly isIdentical: boolean;
  /** Largest change of a letter's probability; absent where they are not known in both. */
  readonly largestProbabilityChange?: number;
}

/** Compares raw outputs. */
export function outputChanges(pairs: readonly QuestionPair[]): OutputChanges {
  const same = (of: (question: ComparedQuestion) => unknown) =>
    pairs.filter(({ first, second }) =>
      JSON.stringify(of(first) ?? null) === JSON.stringify(of(second) ?? null)
    ).length;
  const sameText = same(({ answers }) => answers.map(({ response }) => response));
  const sameProbabilities = same(({ answers }) =>
    answers.map(({ letterLogprobs: logprobs }) =>
      logprobs === undefined ? null : Object.entries(logprobs).toSorted()
    )
  );
  const changes = pairs.flatMap(({ first, second }) => {
    const [before, after] = [first.probabilities, second.probabilities];
    if (before === undefined || after === undefined) return [];
    return [
      Math.max(...(["a", "b", "c", "d"] as const).map((l) => Math.abs(after[l] - before[l]))),
    ];
  });
  return {
    sameText,
    sameLetter: same(({ predicted }) => predicted),
    isIdentical: sameText === pairs.length && sameProbabilities === pairs.length,
    ...(changes.length === 0 ? {} : {
      largestProbabilityChange: changes.reduce((most, change) => Math.max(most, change)),
    }),
  };
}

/** How often questions went from one outcome to another. */
export interface OutcomeChange {
  readonly from: Outcome;
  readonly to: Outcome;
  readonly count: number;
}

/** Every change of outcome that occurs, the most frequent first. */
export function outcomeChanges(pairs: readonly QuestionPair[]): OutcomeChange[] {
  const counts = new Map<string, { from: Outcome; to: Outcome; count: number }>();
  for (const { first: { outcome: from }, second: { outcome: to } } of pairs) {
    if (from === to) continue;
    const known = counts.get(`${from} ${to}`) ?? { from, to, count: 0 };
    known.count++;
    counts.set(`${from} ${to}`, known);
  }
  return [...counts.values()].toSorted((x, y) => y.count - x.count);
}
