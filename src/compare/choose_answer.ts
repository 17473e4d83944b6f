import { UsageError } from "../settings/usage_error.ts";
import type { ComparedQuestion, ComparedRun } from "./compared_run.ts";

/** Which of a run's answers to a question counts. */
export const ANSWER_KINDS = ["plain", "majority", "calibrated", "calibrated-majority"] as const;

/** Which of a run's answers to a question counts. */
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** Which options of `houqa eval` give an answer. */
const OPTIONS: Readonly<Record<Exclude<AnswerKind, "plain">, string>> = {
  majority: "--orders 4",
  calibrated: "--calibrate",
  "calibrated-majority": "--orders 4 --calibrate",
};

/**
 * The run with another of its answers in the place of the plain one. Errors stay errors.
 * @throws {UsageError} where a question has no such answer.
 */
export function chooseAnswer(run: ComparedRun, kind: AnswerKind): ComparedRun {
  if (kind === "plain") return run;
  const asked = run.questions.filter(({ outcome }) => outcome !== "error");
  const lacking = asked.filter(({ others }) => others?.[kind] === undefined);
  if (lacking.length > 0) {
    const what = kind.replace("-", " ");
    throw new UsageError(
      lacking.length === asked.length
        ? `${run.path} has no ${what} answers: its run was made without ${OPTIONS[kind]}.`
        : `${lacking.length} of ${asked.length} questions in ${run.path} have no ${what} answer, so ` +
          "that these can't be compared.",
    );
  }
  return {
    ...run,
    facts: new Map([...run.facts, ["answer", kind]]),
    questions: run.questions.map((question) => replaced(question, kind)),
  };
}

function replaced(
  question: ComparedQuestion,
  kind: Exclude<AnswerKind, "plain">,
): ComparedQuestion {
  const other = question.others?.[kind];
  if (question.outcome === "error" || other === undefined) return question;
  const { predicted: _letter, probabilities: _probabilities, ...rest } = question;
  return { ...rest, ...other };
}
