import { UsageError } from "../settings/usage_error.ts";
import type { ComparedRun } from "./compared_run.ts";
import {
  type DifferenceName,
  findDifferences,
  refusedDifferences,
  type RunDifference,
} from "./run_differences.ts";

/**
 * Refuses runs whose answers differ for another reason than the model.
 * @param expected differences that need not be allowed, as the runs differ in them by nature.
 * @returns everything that differs, allowed differences among it.
 * @throws {UsageError} with a table of what differs and the option that allows it.
 */
export function checkComparable(
  runs: readonly ComparedRun[],
  allowed: ReadonlySet<DifferenceName>,
  expected: ReadonlySet<DifferenceName> = new Set(),
): RunDifference[] {
  const differences = [...questionDifferences(runs), ...findDifferences(runs)];
  const refused = refusedDifferences(differences, new Set([...allowed, ...expected]));
  if (refused.length === 0) return differences;
  const names = new Set([...allowed, ...refused.map(({ name }) => name!)]);
  const lines = refused.flatMap(({ name, fact, values }) => [
    `  ${name} (${fact.replace(/^(?:provenance|config)\./, "")}):`,
    ...values.map((value, place) => `    ${runs[place]!.path}: ${value ?? "not in the file"}`),
  ]);
  const reading = refused.filter(({ name }) => name === "extraction");
  const advice = (reading.length > 0 ? "--re-extract reads all letters by the same rules. " : "") +
    (reading.length < refused.length ? "Run the evaluations again with the same settings. " : "");
  throw new UsageError(
    `These runs can't be compared, because they differ in\n${
      lines.join("\n")
    }\n${advice}To compare ` +
      `them all the same, add --allow-differences ${[...names].join(",")}.`,
  );
}

/** The questions themselves: the same texts, choices and correct answers in every file. */
function questionDifferences(runs: readonly ComparedRun[]): RunDifference[] {
  const [first, ...others] = runs;
  const correct = new Map(first!.questions.map((one) => [one.key, one.correct]));
  const counts = others.map(({ questions }) => {
    const common = questions.filter(({ key }) => correct.has(key));
    return {
      all: questions.length,
      common: common.length,
      otherCorrect: common.filter((one) => correct.get(one.key) !== one.correct).length,
    };
  });
  const differences: RunDifference[] = [];
  if (counts.some(({ all, common }) => all !== common || common !== correct.size)) {
    differences.push({
      fact: "questions",
      name: "questions",
      values: [
        `${correct.size} questions`,
        ...counts.map(({ all, common }) => `${all} questions, ${common} of them also in the first`),
      ],
    });
  }
  if (counts.some(({ otherCorrect }) => otherCorrect > 0)) {
    differences.push({
      fact: "correct answers",
      name: "dataset",
      values: [
        "as in the file",
        ...counts.map(({ otherCorrect }) => `${otherCorrect} questions with another one`),
      ],
    });
  }
  return differences;
}
