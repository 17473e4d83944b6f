import type { Slot } from "./slot.ts";

/** Slots by name. */
export type Slots = Readonly<Record<string, Slot>>;

/** One thing that an article lays down, apart from any wording of it. */
export interface Fact {
  /**
   * Facts of one article that answer the same question (each row of a table) share a family: a
   * statement is judged against all of them.
   */
  readonly family: string;
  readonly slots: Slots;
  /** Wordings of the fact with these words in the slots; the first is nearest to the statute's. */
  readonly say: (words: Readonly<Record<string, string>>) => readonly string[];
}

/** A claim about an article: a fact's form with the right or wrong values in its slots. */
export interface Statement {
  readonly fact: Fact;
  readonly slots: Slots;
}

/** Makes a fact; the words given to `say` have the names of the slots. */
export function fact<S extends Slots>(
  family: string,
  slots: S,
  say: (words: { readonly [K in keyof S]: string }) => readonly string[],
): Fact {
  return { family, slots, say: say as Fact["say"] };
}

/**
 * Whether a statement holds: some fact of its family in the article has the same value in every
 * slot. It reads the slots only, never the text.
 */
export function isTrue(statement: Statement, facts: readonly Fact[]): boolean {
  return facts.some((candidate) =>
    candidate.family === statement.fact.family &&
    Object.entries(statement.slots).every(([name, slot]) =>
      candidate.slots[name]?.value === slot.value
    )
  );
}

/** The wordings of a statement, with Arabic digits or (`plain`) the statute's kanji numerals. */
export function wordings(statement: Statement, plain = false): readonly string[] {
  const entries = Object.entries(statement.slots).map(([name, slot]) =>
    [name, plain ? slot.law : slot.value] as const
  );
  return statement.fact.say(Object.fromEntries(entries));
}
