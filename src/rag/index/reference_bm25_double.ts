/** For tests: BM25 over rows, worked out in the plainest way. */
import type { Law } from "../corpus/law.ts";
import type { Bm25Parameters } from "./bm25_parameters.ts";
import { normaliseLawText } from "./normalise_law_text.ts";

/** A unit and its best row, by their numbers. */
export interface ReferenceHit {
  readonly unit: number;
  readonly score: number;
}

interface ReferenceRow {
  readonly unit: number;
  readonly body: readonly string[];
  readonly heading: readonly string[];
}

/** Pairs of neighbouring symbols, as strings. */
function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const run of normaliseLawText(text).split(/[^\p{L}\p{N}]+/u)) {
    // A short number is a symbol; in a long one the digits are.
    const symbols = (run.match(/[0-9]+|./gu) ?? []).flatMap((piece) =>
      /^(?:0|[1-9][0-9]{0,4})$/.test(piece) ? [`#${piece}`] : [...piece]
    );
    if (symbols.length === 1) terms.push(symbols[0]!);
    for (let at = 1; at < symbols.length; at++) terms.push(`${symbols[at - 1]} ${symbols[at]}`);
  }
  return terms;
}

const countIn = (terms: readonly string[], term: string) =>
  terms.filter((other) => other === term).length;

/**
 * Every unit that fits a query, best first, by the formula of `Bm25Scorer`.
 * @param mostRows lists that stand for more rows are left out.
 */
export function referenceBm25(
  laws: readonly Law[],
  query: string,
  { k1, b, k3, headingWeight }: Bm25Parameters,
  mostRows: number,
): ReferenceHit[] {
  const rows: ReferenceRow[] = [];
  let unitCount = 0;
  for (const law of laws) {
    for (const unit of law.units) {
      const heading = [law.title, ...law.abbreviations, unit.title, unit.caption].flatMap(termsOf);
      for (const { text } of unit.rows) {
        rows.push({ unit: unitCount, body: termsOf(text), heading });
      }
      unitCount++;
    }
  }
  const lengthOf = ({ body, heading }: ReferenceRow) =>
    body.length + headingWeight * heading.length;
  const meanLength = rows.reduce((sum, row) => sum + lengthOf(row), 0) / rows.length;
  const scores = rows.map(() => 0);
  const queryTerms = termsOf(query);
  for (const term of new Set(queryTerms)) {
    const isKept = (field: "body" | "heading") =>
      rows.filter((row) => row[field].includes(term)).length <= mostRows;
    const weights = {
      body: isKept("body") ? 1 : 0,
      heading: isKept("heading") ? headingWeight : 0,
    };
    const frequencies = rows.map((row) =>
      weights.body * countIn(row.body, term) + weights.heading * countIn(row.heading, term)
    );
    const found = frequencies.filter((frequency) => frequency > 0).length;
    const idf = Math.fround(Math.log(1 + (rows.length - found + 0.5) / (found + 0.5)));
    const inQuery = countIn(queryTerms, term);
    frequencies.forEach((frequency, row) => {
      if (frequency === 0) return;
      const norm = k1 * (1 - b + b * lengthOf(rows[row]!) / meanLength);
      scores[row]! += idf * (frequency * (k1 + 1) / (frequency + norm)) *
        (inQuery * (k3 + 1) / (inQuery + k3));
    });
  }
  const units = Array.from({ length: unitCount }, (_, unit) => ({
    unit,
    score: Math.max(...scores.filter((_, row) => rows[row]!.unit === unit)),
  }));
  return units.filter(({ score }) => score > 0).sort((a, b) =>
    b.score - a.score || a.unit - b.unit
  );
}
