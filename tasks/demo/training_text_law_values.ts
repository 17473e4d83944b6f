import { type Fact, wordings } from "./fact.ts";
import { isNormKind, lawNorm, norm } from "./norm.ts";

/** Where an article lays down a value. */
export interface LawValue {
  readonly start: number;
  readonly end: number;
  /** Index of the fact in the article. */
  readonly row: number;
  /** Whether it is what a row of a table is found by. */
  readonly key: boolean;
  /** "renewal.before": the fact's family and the slot's name. */
  readonly slot: string;
  readonly kind: string;
  readonly value: string;
}

/**
 * Finds the values of an article's facts in its text. A value that stands in several places belongs
 * to the paragraph that holds the fact's other values; where that leaves a doubt, it is left out. A
 * norm stands at the end of the paragraph that is most like the fact's first wording.
 */
export function findLawValues(text: string, facts: readonly Fact[]): LawValue[] {
  const paragraphs = [...text.matchAll(/^[^#\n].*$/gm)];
  return facts.flatMap((fact, row) => {
    const { family, slots } = fact;
    const isTable = facts.filter((other) => other.family === family).length > 1;
    const isKey = (name: string) => isTable && name === Object.keys(slots)[0];
    const words = Object.entries(slots).filter(([, { kind }]) => !isNormKind(kind));
    const places = words.map(([, { law }]) => placesOf(law, text));
    const paragraphOf = (place: number) =>
      paragraphs.findIndex(({ 0: line, index }) => place >= index && place < index + line.length);
    const certain = new Set(
      places.flatMap((list) => list.length === 1 ? list.map(paragraphOf) : []),
    );
    const found = words.flatMap(([name, { kind, law, value }], i): LawValue[] => {
      const list = places[i]!;
      const near = list.length === 1 ? list : list.filter((p) => certain.has(paragraphOf(p)));
      if (near.length !== 1) return [];
      const [start] = near as [number];
      return [{
        start,
        end: start + law.length,
        row,
        key: isKey(name),
        slot: `${family}.${name}`,
        kind,
        value,
      }];
    });
    const said = wordings({ fact, slots }, true)[0]!;
    const norms = Object.entries(slots).flatMap(([name, { kind, value }]): LawValue[] => {
      if (!isNormKind(kind)) return [];
      const ending = lawNorm(norm(kind, value), { plain: "", negative: "", te: "" });
      const lines = paragraphs.filter(({ 0: line }) => line.endsWith(`${ending}。`));
      const likeness = lines.map(({ 0: line }) => sharedBigrams(said, line));
      const line = lines[likeness.indexOf(Math.max(...likeness))];
      if (line === undefined) return [];
      const end = line.index + line[0].length - 1;
      return [{
        start: end - ending.length,
        end,
        row,
        key: isKey(name),
        slot: `${family}.${name}`,
        kind,
        value,
      }];
    });
    return [...found, ...norms];
  });
}

/** The places of a word, but not of 十日 within 三十日. */
function placesOf(word: string, text: string): number[] {
  const pattern = new RegExp(
    (/^[一二三四五六七八九十百千万]/.test(word) ? "(?<![一二三四五六七八九十百千万])" : "") +
      RegExp.escape(word),
    "g",
  );
  return [...text.matchAll(pattern)].map(({ index }) => index);
}

/** How many of a text's pairs of neighbouring characters another text has too. */
function sharedBigrams(text: string, other: string): number {
  let shared = 0;
  for (let i = 0; i + 1 < text.length; i++) if (other.includes(text.slice(i, i + 2))) shared++;
  return shared;
}
