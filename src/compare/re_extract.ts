import type { Letter } from "../dataset/question.ts";
import { extractAnswer, EXTRACTION_VERSION } from "../eval/extract_answer.ts";
import type { Outcome } from "../eval/result_schema.ts";
import { vote } from "../eval/vote.ts";
import type { ComparedQuestion, ComparedRun, GivenAnswer } from "./compared_run.ts";

/** A run whose letters were read again from its responses. */
export interface ReExtraction {
  readonly run: ComparedRun;
  /** Questions whose letter is another one now, or there or gone. */
  readonly changed: readonly {
    readonly index: number;
    readonly fileName: string;
    readonly before?: Letter;
    readonly after?: Letter;
  }[];
}

/**
 * Reads every letter of a run again with the rules of this version. Errors stay errors, and questions
 * whose choices can't be told apart stay as they were. What the file does not say to be cut by the
 * length limit is read as whole.
 */
export function reExtract(run: ComparedRun): ReExtraction {
  const questions = run.questions.map((question) => readAgain(question, run));
  const facts = new Map(run.facts);
  facts.set("provenance.extraction_version", String(EXTRACTION_VERSION));
  return {
    run: { ...run, questions, facts },
    changed: questions.flatMap(({ index, fileName, predicted: after }, place) => {
      const before = run.questions[place]!.predicted;
      if (before === after) return [];
      return [{
        index,
        fileName,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      }];
    }),
  };
}

function readAgain(question: ComparedQuestion, { mode }: ComparedRun): ComparedQuestion {
  const { choices, answers, correct } = question;
  if (choices === undefined || answers.length === 0) return question;
  const read = answers.map((answer): GivenAnswer => {
    const { letter: _before, ...rest } = answer;
    const { letter } = extractAnswer(answer.response, { mode, choices, truncated: answer.isCut });
    return letter === null ? rest : { ...rest, letter };
  });
  const { winner, decidingBallot } = vote(
    read.map(({ letter, letterLogprobs }) => ({ letter: letter ?? "unknown", letterLogprobs })),
  );
  const { predicted: _before, ...rest } = question;
  const outcome: Outcome = winner === "unknown"
    ? read.some(({ isCut }) => isCut) ? "truncated" : "unparsed"
    : winner === correct
    ? "correct"
    : "wrong";
  return {
    ...rest,
    ...(winner === "unknown" ? {} : { predicted: winner }),
    outcome,
    response: read[decidingBallot]!.response,
    answers: read,
  };
}
