import type { Letter } from "../dataset/question.ts";
import type { Outcome } from "../eval/result_schema.ts";
import { type BootstrapOptions, DEFAULT_BOOTSTRAP } from "../stats/cluster_bootstrap.ts";
import { holmAdjustment } from "../stats/holm_adjustment.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type Clustering, lawOf } from "./article_clusters.ts";
import { breakdown, type GroupCounts } from "./breakdown.ts";
import type { ComparedQuestion, ComparedRun } from "./compared_run.ts";
import { decide, decidingP, type Decision } from "./decide.ts";
import { type LetterProfile, letterProfile } from "./letter_profile.ts";
import {
  type OutcomeChange,
  outcomeChanges,
  type OutputChanges,
  outputChanges,
} from "./output_changes.ts";
import { type Pairing, pairQuestions, type QuestionPair } from "./pair_questions.ts";
import { type PairedStatistics, pairedStatistics } from "./paired_statistics.ts";
import { questionType } from "./question_type.ts";
import { type Sensitivity, sensitivity } from "./sensitivity.ts";
import { drawVerdict, type Verdict } from "./verdict.ts";

/** A question that one run got right and the other did not. */
export interface Flip {
  readonly index: number;
  readonly fileName: string;
  readonly question: string;
  readonly correct: Letter;
  readonly first: { readonly outcome: Outcome; readonly letter?: Letter };
  readonly second: { readonly outcome: Outcome; readonly letter?: Letter };
}

/** One run against the baseline. Every "first" is the baseline, every "second" the run. */
export interface PairComparison {
  readonly first: ComparedRun;
  readonly second: ComparedRun;
  readonly pairing: Omit<Pairing, "pairs"> & { readonly paired: number };
  readonly statistics: PairedStatistics;
  /** Only questions that both runs answered with a letter; absent where that is all, or none. */
  readonly answered?: PairedStatistics;
  /** The deciding p-value, and after Holm's adjustment for all runs compared. */
  readonly p: number;
  readonly adjustedP: number;
  /** How many comparisons with the baseline that adjustment is for. */
  readonly comparisons: number;
  readonly decision: Decision;
  readonly verdict: Verdict;
  readonly sensitivity: Sensitivity;
  readonly outputs: OutputChanges;
  /** Of the paired questions. */
  readonly outcomes: { readonly first: OutcomeCounts; readonly second: OutcomeCounts };
  readonly outcomeChanges: readonly OutcomeChange[];
  /** Errors of each run, all questions counted. */
  readonly errors: { readonly first: number; readonly second: number };
  readonly letters: { readonly first: LetterProfile; readonly second: LetterProfile };
  readonly byLaw: readonly GroupCounts[];
  /** Groups `asks_right` and `asks_wrong`. */
  readonly byType: readonly GroupCounts[];
  readonly gained: readonly Flip[];
  readonly lost: readonly Flip[];
}

/** How many questions ended in each way. */
export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** Runs compared with the first of them. */
export interface Comparison {
  readonly baseline: ComparedRun;
  readonly clustering: Clustering;
  readonly bootstrap: BootstrapOptions;
  /** One for each further run, in their order. */
  readonly pairs: readonly PairComparison[];
}

/**
 * Compares runs with the first one. That they may be compared is not checked here.
 * @param clustering of the baseline's questions.
 * @throws {UsageError} where two runs have no question in common that both answered.
 */
export function compareRuns(
  [baseline, ...others]: readonly [ComparedRun, ...ComparedRun[]],
  clustering: Clustering,
  bootstrap: BootstrapOptions = DEFAULT_BOOTSTRAP,
): Comparison {
  const measured = others.map((second) => {
    const pairing = pairQuestions(baseline, second);
    if (pairing.pairs.length === 0) {
      throw new UsageError(
        `${baseline.path} and ${second.path} have no question in common that both answered ` +
          `(${pairing.errors} ended in errors).`,
      );
    }
    return { second, pairing, statistics: statisticsOf(pairing.pairs, clustering, bootstrap) };
  });
  const adjusted = holmAdjustment(measured.map(({ statistics }) => decidingP(statistics)));
  return {
    baseline,
    clustering,
    bootstrap,
    pairs: measured.map(({ second, pairing, statistics }, place): PairComparison => {
      const { pairs, ...counts } = pairing;
      const adjustedP = adjusted[place]!;
      const decision = decide(statistics, adjustedP);
      const letters = {
        first: letterProfile(pairs.map(({ first }) => first)),
        second: letterProfile(pairs.map(({ second }) => second)),
      };
      const outputs = outputChanges(pairs);
      const answered = pairs.filter(({ first, second }) =>
        first.predicted !== undefined && second.predicted !== undefined
      );
      const evidence = { first: baseline, second, pairing, statistics, decision, letters, outputs };
      return {
        first: baseline,
        second,
        pairing: { ...counts, paired: pairs.length },
        statistics,
        ...(answered.length === 0 || answered.length === pairs.length
          ? {}
          : { answered: statisticsOf(answered, clustering, bootstrap) }),
        p: decidingP(statistics),
        adjustedP,
        comparisons: measured.length,
        decision,
        verdict: drawVerdict({ ...evidence, clusteredBy: clustering.by }),
        sensitivity: sensitivity(statistics, measured.length),
        outputs,
        outcomes: {
          first: countOutcomes(pairs.map(({ first }) => first)),
          second: countOutcomes(pairs.map(({ second }) => second)),
        },
        outcomeChanges: outcomeChanges(pairs),
        errors: { first: countErrors(baseline), second: countErrors(second) },
        letters,
        byLaw: breakdown(pairs, ({ first }) => lawOf(first)),
        byType: breakdown(pairs, ({ first }) => questionType(first.question)),
        gained: flips(pairs, (first, second) => !first && second),
        lost: flips(pairs, (first, second) => first && !second),
      };
    }),
  };
}

function statisticsOf(
  pairs: readonly QuestionPair[],
  { clusterOf }: Clustering,
  bootstrap: BootstrapOptions,
): PairedStatistics {
  return pairedStatistics(
    pairs.map(({ first, second }) => ({
      isFirstRight: first.outcome === "correct",
      isSecondRight: second.outcome === "correct",
      cluster: clusterOf.get(first.key)!,
    })),
    bootstrap,
  );
}

function countOutcomes(questions: readonly ComparedQuestion[]): OutcomeCounts {
  const counts = { correct: 0, wrong: 0, unparsed: 0, truncated: 0, error: 0 };
  for (const { outcome } of questions) counts[outcome]++;
  return counts;
}

function countErrors({ questions }: ComparedRun): number {
  return questions.filter(({ outcome }) => outcome === "error").length;
}

function flips(
  pairs: readonly QuestionPair[],
  isFlip: (first: boolean, second: boolean) => boolean,
): Flip[] {
  const side = ({ outcome, predicted }: ComparedQuestion) => ({
    outcome,
    ...(predicted === undefined ? {} : { letter: predicted }),
  });
  return pairs.filter(({ first, second }) =>
    isFlip(first.outcome === "correct", second.outcome === "correct")
  ).map(({ first, second }) => ({
    index: first.index,
    fileName: first.fileName,
    question: first.question,
    correct: first.correct,
    first: side(first),
    second: side(second),
  }));
}
