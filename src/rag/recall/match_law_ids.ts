import type { Question } from "../../dataset/question.ts";
import { type LawKind, lawKind } from "../cite/law_kind.ts";
import { lawsOfReferences } from "../corpus/laws_of_references.ts";
import { parseContext } from "./parse_context.ts";

/** What an id says of its law: AC is a 法律, CO and IO are 政令 and 勅令, the others 府省令 and 規則. */
export function kindOfId(lawId: string): LawKind {
  const code = lawId.slice(3, 5);
  return code === "AC" ? "act" : code === "CO" || code === "IO" ? "order" : "rule";
}

/**
 * The law id of each title in the headings of a question file. Headings and references name laws
 * without saying which belongs to which: a pair counts where a question has only one of a kind (法律,
 * 政令, 府省令), and most such questions decide. Titles for which none does are left out.
 */
export function matchLawIds(questions: readonly Question[]): Map<string, string> {
  const votes = new Map<string, Map<string, number>>();
  for (const { context, references } of questions) {
    const units = parseContext(context).filter(({ unit }) => unit.num !== undefined);
    const titles = [...new Set(units.map(({ lawTitle }) => lawTitle))];
    const lawIds = lawsOfReferences(references);
    for (const kind of ["act", "order", "rule"] as const) {
      const [title, ...otherTitles] = titles.filter((known) => lawKind(known) === kind);
      const [lawId, ...otherIds] = lawIds.filter((known) => kindOfId(known) === kind);
      if (title === undefined || lawId === undefined) continue;
      if (otherTitles.length > 0 || otherIds.length > 0) continue;
      const known = votes.get(title) ?? new Map<string, number>();
      votes.set(title, known.set(lawId, (known.get(lawId) ?? 0) + 1));
    }
  }
  return new Map(
    votes.entries().map(([title, counts]) => [
      title,
      [...counts].reduce((best, other) => other[1] > best[1] ? other : best)[0],
    ]),
  );
}
