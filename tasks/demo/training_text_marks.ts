import { type Fact, isTrue, type Statement } from "./fact.ts";
import { isNormKind } from "./norm.ts";

/** A value in a statement. Positions count UTF-16 units, which are characters in these texts. */
export interface MarkedValue {
  readonly start: number;
  readonly end: number;
  /** Whether the article agrees with the statement as far as this value. */
  readonly holds: boolean;
  /** Index of the statement, and of its {@link Comparison}. */
  readonly statement: number;
  readonly comparison: number;
}

/** A value of a statement beside the article's. */
export interface Comparison {
  /** "renewal.before": the fact's family and the slot's name. */
  readonly slot: string;
  readonly kind: string;
  readonly says: string;
  /** What the article has there; null if it has no rule about the first value. */
  readonly law: string | null;
}

/** A statement in a text. */
export interface MarkedStatement {
  /** Where it ends. */
  readonly end: number;
  readonly holds: boolean;
  readonly family: string;
  /** Index of the fact that it is compared with, or -1. */
  readonly row: number;
  readonly comparisons: readonly Comparison[];
}

/** What training knows about a text beside its words. */
export interface MarkedText {
  readonly text: string;
  readonly values: readonly MarkedValue[];
  readonly statements: readonly MarkedStatement[];
}

/** A statement whose text has marks in it, for {@link readMarks} to take out again. */
export interface StatementToMark {
  readonly marked: string;
  readonly about: Omit<MarkedStatement, "end">;
}

/** Characters for private use that stand for the marks until the whole text is put together. */
const FIRST_VALUE = 0xe000;
const VALUE_END = "\uE0FE";
const STATEMENT_END = "\uE0FF";
/** Added to a value's number where the statement has left the article. */
const ASTRAY = 0x10;
const VALUE = /[\uE000-\uE01F]/g;
const MARK = /[\uE000-\uE0FF]/g;

/** Puts marks into a statement's text. */
export function markStatement(
  text: string,
  statement: Statement,
  facts: readonly Fact[],
  plain: boolean,
): StatementToMark {
  const { fact, slots } = statement;
  const names = Object.keys(slots);
  const row = rowOf(statement, facts);
  const about = {
    holds: isTrue(statement, facts),
    family: fact.family,
    row,
    comparisons: names.map((name): Comparison => ({
      slot: `${fact.family}.${name}`,
      kind: slots[name]!.kind,
      says: slots[name]!.value,
      law: facts[row]?.slots[name]?.value ?? null,
    })),
  };
  return { marked: (markValues(text, statement, facts, plain) ?? text) + STATEMENT_END, about };
}

/**
 * The index of the fact that a statement is to be compared with: where several facts share the
 * family, as the rows of a table do, the one with the same first slot; -1 if there is none.
 */
function rowOf({ fact, slots }: Statement, facts: readonly Fact[]): number {
  const family = facts.filter((candidate) => candidate.family === fact.family);
  const [key] = Object.keys(slots) as [string];
  const row = family.length === 1
    ? family[0]
    : family.find((candidate) => candidate.slots[key]?.value === slots[key]!.value);
  return row === undefined ? -1 : facts.indexOf(row);
}

/** Marks the values; undefined if the wording can't be found again with marks in it. */
function markValues(
  text: string,
  { fact, slots }: Statement,
  facts: readonly Fact[],
  plain: boolean,
): string | undefined {
  const names = Object.keys(slots);
  const words = Object.fromEntries(names.map((name, i) => {
    const { kind, law, value } = slots[name]!;
    const word = plain ? law : value;
    // A norm becomes a verb's ending, which can't be told from the verb.
    if (isNormKind(kind)) return [name, word];
    return [name, String.fromCharCode(FIRST_VALUE + i) + word + VALUE_END];
  }));
  const marked = fact.say(words).find((way) => way.replace(MARK, "") === text);
  const before: string[] = [];
  return marked?.replace(VALUE, (mark) => {
    const number = mark.charCodeAt(0) - FIRST_VALUE;
    before.push(names[number]!);
    const agrees = facts.some((row) =>
      row.family === fact.family &&
      before.every((name) => row.slots[name]?.value === slots[name]!.value)
    );
    return String.fromCharCode(FIRST_VALUE + number + (agrees ? 0 : ASTRAY));
  });
}

/** Takes the marks out of a text and says where they were. */
export function readMarks(marked: string, about: readonly StatementToMark["about"][]): MarkedText {
  const values: { -readonly [K in keyof MarkedValue]: MarkedValue[K] }[] = [];
  const statements: MarkedStatement[] = [];
  let taken = 0;
  for (const { 0: mark, index } of marked.matchAll(MARK)) {
    const position = index - taken++;
    if (mark === VALUE_END) values.at(-1)!.end = position;
    else if (mark === STATEMENT_END) {
      statements.push({ end: position, ...about[statements.length]! });
    } else {
      const number = mark.charCodeAt(0) - FIRST_VALUE;
      values.push({
        start: position,
        end: position,
        holds: number < ASTRAY,
        statement: statements.length,
        comparison: number % ASTRAY,
      });
    }
  }
  return { text: marked.replace(MARK, ""), values, statements };
}
