import { UsageError } from "../../settings/usage_error.ts";
import { itemOfQuestion } from "../leaks/exam_item.ts";
import { LETTERS, type Question } from "../question.ts";
import { groupItems } from "./group_items.ts";
import { lawOfQuestion } from "./law_of_question.ts";
import { searchSplit } from "./search_split.ts";

/** The sides of a split, in the order in which they are shown. */
export const SIDES = ["train", "dev", "test"] as const;
/** One of the {@linkcode SIDES}. */
export type SideName = (typeof SIDES)[number];

/** What is asked for. */
export interface SplitWish {
  /** Questions of each side; a side of none is left out. */
  readonly sizes: Readonly<Record<SideName, number>>;
  readonly seed: number;
}

/** One side of a split. */
export interface SplitSide {
  readonly name: SideName;
  readonly wantedSize: number;
  /** In an order that does not depend on the file's. */
  readonly questions: readonly Question[];
}

/** Questions that stay together. */
export interface QuestionGroup {
  readonly questions: readonly Question[];
  /** Absent: on no side. */
  readonly side?: SideName;
}

/** A question file divided so that nothing is shared between its sides. */
export interface DatasetSplit {
  readonly sides: readonly SplitSide[];
  readonly unused: readonly Question[];
  readonly groups: readonly QuestionGroup[];
  /** True where no split of whole groups comes nearer to the wanted sizes. */
  readonly isNearest: boolean;
  /** In squared sixteenths of a question; see {@linkcode SideBalance}. */
  readonly imbalance: number;
}

/**
 * Divides questions. Those that share an article or nearly their wording stay on one side; the
 * sizes are met as nearly as that allows; laws and correct letters are spread evenly. Depends only
 * on the questions and the seed, not on their order in the file.
 * @param itemTexts the questions as the file has them, which gives them their order.
 * @throws {UsageError} for sizes that ask for more questions than there are.
 */
export function splitDataset(
  questions: readonly Question[],
  itemTexts: readonly string[],
  { sizes, seed }: SplitWish,
): DatasetSplit {
  const names = SIDES.filter((name) => sizes[name] > 0);
  const wanted = names.map((name) => sizes[name]);
  const rest = questions.length - wanted.reduce((sum, size) => sum + size, 0);
  if (rest < 0) {
    throw new UsageError(
      `${names.map((name) => `--${name} ${sizes[name]}`).join(" and ")} ask for ${
        questions.length - rest
      } questions, but there are ${questions.length}. Ask for fewer.`,
    );
  }
  const ordered = [...questions].sort((x, y) =>
    compareCodeUnits(itemTexts[x.index]!, itemTexts[y.index]!)
  );
  const groups = groupItems(ordered.map(itemOfQuestion)).map((places) =>
    places.map((place) => ordered[place]!)
  );
  const countStrata = strataCounter(ordered);
  const solution = searchSplit({
    groups: groups.map((group) => ({ size: group.length, strata: countStrata(group) })),
    sizes: rest > 0 ? [...wanted, rest] : wanted,
    hasRest: rest > 0,
    seed,
  });
  const sideOf = new Map(
    groups.flatMap((group, index) =>
      group.map((question) => [question, solution.sides[index]!] as const)
    ),
  );
  const on = (side: number) => ordered.filter((question) => sideOf.get(question) === side);
  return {
    sides: names.map((name, side) => ({ name, wantedSize: sizes[name], questions: on(side) })),
    unused: on(names.length),
    groups: groups.map((group, index) => {
      const side = names[solution.sides[index]!];
      return { questions: group, ...(side === undefined ? {} : { side }) };
    }),
    isNearest: solution.isNearest,
    imbalance: solution.imbalance,
  };
}

/** The order of UTF-16 units, which no locale changes. */
function compareCodeUnits(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

function strataCounter(all: readonly Question[]): (some: readonly Question[]) => number[] {
  const laws = [...new Set(all.map(lawOfQuestion))].sort(compareCodeUnits);
  const placeOf = new Map(laws.map((law, place) => [law, place]));
  return (some) => {
    const counts = new Array<number>(laws.length + LETTERS.length).fill(0);
    for (const question of some) {
      counts[placeOf.get(lawOfQuestion(question))!]! += 1;
      counts[laws.length + LETTERS.indexOf(question.answer)]! += 1;
    }
    return counts;
  };
}
