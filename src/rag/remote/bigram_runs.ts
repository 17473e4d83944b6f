import { visitBigrams } from "../index/law_bigrams.ts";

/** Symbols of whole numbers follow the last code point; see `visitBigrams`. */
const FIRST_NUMBER = 0x110000;

/** A symbol as a word of its own: a code point, or `#15` for the number 15. */
function symbolText(symbol: number): string {
  // The sign keeps the number 5 apart from the digit 5 of an amount.
  return symbol >= FIRST_NUMBER ? `#${symbol - FIRST_NUMBER}` : String.fromCodePoint(symbol);
}

/** A bigram as OpenSearch's `shingle` filter writes it: `第 #15`; a symbol alone as it is. */
export function bigramText(first: number, second: number): string {
  return second === 0 ? symbolText(first) : `${symbolText(first)} ${symbolText(second)}`;
}

/**
 * A text for an analyser that makes pairs of neighbouring words: pieces whose symbols stand between
 * spaces. The pairs within the pieces, and the words of pieces of one word, are exactly the terms of
 * {@linkcode visitBigrams}.
 */
export function bigramRuns(text: string): string[] {
  const runs: string[] = [];
  let run: string[] = [];
  let last = 0;
  const finish = () => {
    if (run.length > 0) runs.push(run.join(" "));
    run = [];
  };
  visitBigrams(text, (first, second) => {
    // Two runs that meet in the same symbol have the pairs of one.
    if (run.length === 0 || first !== last || second === 0) {
      finish();
      run.push(symbolText(first));
    }
    if (second === 0) finish();
    else run.push(symbolText(second));
    last = second;
  });
  finish();
  return runs;
}

/** How often each term occurs in a query, by the term as the server has it. */
export function countTerms(query: string): Map<string, number> {
  const counts = new Map<string, number>();
  visitBigrams(query, (first, second) => {
    const term = bigramText(first, second);
    counts.set(term, (counts.get(term) ?? 0) + 1);
  });
  return counts;
}
