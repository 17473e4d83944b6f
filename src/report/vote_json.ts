import type { RunDifference } from "../compare/run_differences.ts";
import type { RunVote, VoteScore } from "../compare/vote_runs.ts";
import { takeoverJson } from "../eval/takeover_json.ts";
import { runName } from "./compare_report.ts";

/** Raised when a reader would have to change. */
const SCHEMA_VERSION = 1;

/** A vote for scripts: keys in snake_case, shares from 0 to 1, every question. */
export function voteJson(vote: RunVote, differences: readonly RunDifference[]): string {
  const { best, agreement } = vote;
  return JSON.stringify(
    {
      schema_version: SCHEMA_VERSION,
      runs: vote.runs.map(({ path, origin, model, adapter }, place) => ({
        name: runName(place),
        path,
        origin,
        model,
        adapter,
        ...scoreJson(vote.scores[place]!),
      })),
      vote: scoreJson(vote.vote),
      best_run: {
        name: runName(best.run),
        picked_after_looking: true,
        corrected: best.corrected,
        harmed: best.harmed,
        mcnemar_exact: best.mcnemar.exact,
        mcnemar_mid_p: best.mcnemar.midP,
      },
      agreement: {
        all_agree: vote.allAgree,
        ...(agreement === undefined ? {} : {
          pairwise: agreement.pairwise,
          fleiss_kappa: agreement.kappa,
          of_questions: agreement.questions,
        }),
        right_in_any: vote.anyRight,
        ties_by_probability: vote.ties.probability,
        ties_by_order: vote.ties.order,
        with_errors: vote.withErrors,
        without_letter: vote.withoutLetter,
        left_out: vote.leftOut,
      },
      identical_outputs: vote.identical.map((pair) => pair.map(runName)),
      differences,
      questions: vote.questions.map(({ answers, result, outcome }) => ({
        index: answers[0]!.index,
        file_name: answers[0]!.fileName,
        correct: answers[0]!.correct,
        letters: answers.map(({ outcome, predicted }) =>
          outcome === "error" ? "error" : predicted ?? "unknown"
        ),
        vote: result?.winner ?? "error",
        outcome,
        decided_by: result?.decidedBy,
      })),
    },
    null,
    2,
  );
}

function scoreJson({ right: { count, total, share, interval }, outcomes, takeover }: VoteScore) {
  return {
    correct_count: count,
    total_count: total,
    accuracy: share,
    accuracy_interval: interval,
    outcomes,
    ...(takeover === undefined ? {} : { letter_takeover: takeoverJson(takeover) }),
  };
}
