import type { Letter } from "../dataset/question.ts";
import type { Outcome } from "../eval/result_schema.ts";
import { vote, type VoteResult } from "../eval/vote.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type Agreement, fleissKappa } from "../stats/fleiss_kappa.ts";
import {
  findLetterTakeover,
  type LetterCounts,
  type LetterTakeover,
} from "../stats/letter_takeover.ts";
import { type McNemarPValues, mcNemarPValues } from "../stats/mcnemar_p_values.ts";
import type { ComparedQuestion, ComparedRun } from "./compared_run.ts";
import { countLetters } from "./letter_profile.ts";
import { outputChanges } from "./output_changes.ts";
import { type CountedShare, countedShare } from "./paired_statistics.ts";

/** One question with the answer of every run and what they voted. */
export interface VotedQuestion {
  /** In the order of the runs. */
  readonly answers: readonly ComparedQuestion[];
  /** Of the answers that are no errors; absent where all are. */
  readonly result?: VoteResult;
  /** The run whose answer stands for the vote. */
  readonly decidingRun: number;
  readonly outcome: Outcome;
  /** Answers that ended in an error: they are no ballots. */
  readonly errors: number;
}

/** Right answers and how the others ended. */
export interface VoteScore {
  readonly right: CountedShare;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** A letter given far more often than chance explains. */
  readonly takeover?: LetterTakeover;
}

/** The vote against the run with most right answers. */
export interface BestRun {
  /** Place of the run; of several with as many right answers the first. */
  readonly run: number;
  /** Questions that only the vote, or only the run, has right; none that ended in an error. */
  readonly corrected: number;
  readonly harmed: number;
  readonly mcnemar: McNemarPValues;
}

/** What several runs say together. */
export interface RunVote {
  readonly runs: readonly ComparedRun[];
  /** Questions that all runs have, with the same correct answer, in the order of the first. */
  readonly questions: readonly VotedQuestion[];
  /** Questions of any run that are not among them. */
  readonly leftOut: number;
  readonly scores: readonly VoteScore[];
  readonly vote: VoteScore;
  readonly best: BestRun;
  /** Questions to which every run gave the same letter. */
  readonly allAgree: number;
  /** Over questions to which every run gave a letter; absent without any. */
  readonly agreement?: Agreement;
  /** Questions that at least one run has right: no vote can have more. */
  readonly anyRight: number;
  readonly ties: { readonly probability: number; readonly order: number };
  /** Questions on which some run ended in an error, or gave no letter. */
  readonly withErrors: number;
  readonly withoutLetter: number;
  /** Pairs of runs whose outputs are all the same: together they have two votes. */
  readonly identical: readonly (readonly [number, number])[];
}

/**
 * Lets runs vote on every question, a letter a run: see {@linkcode vote} for ties. That they were
 * asked alike is not checked here.
 * @param runs at least two.
 * @throws {UsageError} where they have no question in common.
 */
export function voteRuns(runs: readonly ComparedRun[]): RunVote {
  const questions = commonQuestions(runs).map(voteOn);
  if (questions.length === 0) {
    throw new UsageError(`${runs.map(({ path }) => path).join(" and ")} have no common question.`);
  }
  const known = new Set(runs.flatMap((run) => run.questions.map(({ key }) => key)));
  const gold = countLetters(questions.map(({ answers }) => answers[0]!.correct));
  const scores = runs.map((_, run) => score(questions.map(({ answers }) => answers[run]!), gold));
  const count = (isCounted: (question: VotedQuestion) => boolean) =>
    questions.filter(isCounted).length;
  const letters = questions.flatMap(({ answers }) => {
    const given = answers.flatMap(({ predicted }) => predicted ?? []);
    return given.length === answers.length ? [given] : [];
  });
  const agreement = fleissKappa(letters);
  return {
    runs,
    questions,
    leftOut: known.size - questions.length,
    scores,
    vote: score(
      questions.map(({ outcome, result }) => ({
        outcome,
        predicted: result?.winner === "unknown" ? undefined : result?.winner,
      })),
      gold,
    ),
    best: bestRun(questions, scores),
    allAgree: letters.filter(([first, ...others]) => others.every((one) => one === first)).length,
    ...(agreement === undefined ? {} : { agreement }),
    anyRight: count(({ answers }) => answers.some(({ outcome }) => outcome === "correct")),
    ties: {
      probability: count(({ result }) => result?.decidedBy === "logprobs"),
      order: count(({ result }) => result?.decidedBy === "earliest"),
    },
    withErrors: count(({ errors }) => errors > 0),
    withoutLetter: count(({ answers }) =>
      answers.some(({ outcome, predicted }) => outcome !== "error" && predicted === undefined)
    ),
    identical: identicalRuns(questions, runs.length),
  };
}

/** The answers of all runs to the questions that all have. */
function commonQuestions([first, ...others]: readonly ComparedRun[]): ComparedQuestion[][] {
  const byKey = others.map(({ questions }) =>
    new Map(questions.map((question) => [question.key, question]))
  );
  return first!.questions.flatMap((question) => {
    const answers = byKey.flatMap((known) => known.get(question.key) ?? []);
    const isCommon = answers.length === others.length &&
      answers.every(({ correct }) => correct === question.correct);
    return isCommon ? [[question, ...answers]] : [];
  });
}

function voteOn(answers: readonly ComparedQuestion[]): VotedQuestion {
  const voters = answers.flatMap((answer, run) =>
    answer.outcome === "error" ? [] : [{ answer, run }]
  );
  const errors = answers.length - voters.length;
  if (voters.length === 0) return { answers, decidingRun: 0, outcome: "error", errors };
  const result = vote(voters.map(({ answer: { predicted, answers: given } }) => ({
    letter: predicted ?? "unknown",
    letterLogprobs: given.find(({ letter }) => letter === predicted)?.letterLogprobs,
  })));
  const outcome: Outcome = result.winner === "unknown"
    ? voters.some(({ answer }) => answer.outcome === "truncated") ? "truncated" : "unparsed"
    : result.winner === answers[0]!.correct
    ? "correct"
    : "wrong";
  return { answers, result, decidingRun: voters[result.decidingBallot]!.run, outcome, errors };
}

function score(
  answers: readonly { readonly outcome: Outcome; readonly predicted?: Letter }[],
  gold: LetterCounts,
): VoteScore {
  const outcomes = { correct: 0, wrong: 0, unparsed: 0, truncated: 0, error: 0 };
  for (const { outcome } of answers) outcomes[outcome]++;
  const takeover = findLetterTakeover(countLetters(answers.map((one) => one.predicted)), gold);
  return {
    right: countedShare(outcomes.correct, answers.length),
    outcomes,
    ...(takeover === undefined ? {} : { takeover }),
  };
}

function bestRun(questions: readonly VotedQuestion[], scores: readonly VoteScore[]): BestRun {
  const counts = scores.map(({ right }) => right.count);
  const run = counts.indexOf(Math.max(...counts));
  const measured = questions.filter(({ answers }) => answers[run]!.outcome !== "error");
  const count = (isVoteRight: boolean) =>
    measured.filter(({ outcome, answers }) =>
      (outcome === "correct") === isVoteRight &&
      (answers[run]!.outcome === "correct") !== isVoteRight
    ).length;
  const [corrected, harmed] = [count(true), count(false)];
  return { run, corrected, harmed, mcnemar: mcNemarPValues(corrected, harmed) };
}

function identicalRuns(questions: readonly VotedQuestion[], runs: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let first = 0; first < runs; first++) {
    for (let second = first + 1; second < runs; second++) {
      const measured = questions.map(({ answers }) => ({
        first: answers[first]!,
        second: answers[second]!,
      })).filter(({ first, second }) => first.outcome !== "error" || second.outcome !== "error");
      if (measured.length > 0 && outputChanges(measured).isIdentical) pairs.push([first, second]);
    }
  }
  return pairs;
}
