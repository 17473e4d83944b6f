import type { ComparedQuestion } from "../../compare/compared_run.ts";
import { type CountedShare, countedShare } from "../../compare/paired_statistics.ts";
import type { NamedRun } from "./report_model.ts";

/** Questions of one group, e.g. of a law, in every run. */
export interface QuestionGroup {
  readonly name: string;
  readonly total: number;
  /** By run; undefined where it has no question of the group. */
  readonly right: readonly (CountedShare | undefined)[];
}

/** Right answers by group and run, the largest group first. */
export function groupByRun(
  runs: readonly Pick<NamedRun, "run">[],
  groupOf: (question: ComparedQuestion) => string,
): QuestionGroup[] {
  const byRun = runs.map(({ run }) => Map.groupBy(run.questions, groupOf));
  const names = new Set(byRun.flatMap((members) => [...members.keys()]));
  return [...names].map((name) => {
    const right = byRun.map((members) => {
      const questions = members.get(name);
      return questions &&
        countedShare(
          questions.filter(({ outcome }) => outcome === "correct").length,
          questions.length,
        );
    });
    return { name, right, total: Math.max(...right.map((one) => one?.total ?? 0)) };
  }).toSorted((x, y) => y.total - x.total);
}
