import { lawOf } from "../../compare/article_clusters.ts";
import type { ComparedQuestion, ComparedRun } from "../../compare/compared_run.ts";

/** One question with the place that each run has it in. */
export interface QuestionRow {
  /** Names the question in links, from 0. */
  readonly id: number;
  readonly question: ComparedQuestion;
  readonly law: string;
  /** Place in each run's questions; undefined where a run lacks it. */
  readonly places: readonly (number | undefined)[];
}

/** Every question of any run: the first run's in their order, then those that only others have. */
export function questionRows(runs: readonly ComparedRun[]): QuestionRow[] {
  const rows = new Map<string, { question: ComparedQuestion; places: (number | undefined)[] }>();
  for (const [run, { questions }] of runs.entries()) {
    for (const [place, question] of questions.entries()) {
      let row = rows.get(question.key);
      if (row === undefined) {
        row = { question, places: runs.map(() => undefined) };
        rows.set(question.key, row);
      }
      row.places[run] = place;
    }
  }
  return [...rows.values()].map((row, id) => ({ ...row, id, law: lawOf(row.question) }));
}
