import { type Bm25Parameters, DEFAULT_BM25 } from "./index/bm25_parameters.ts";
import { inverseDocumentFrequency } from "./index/inverse_document_frequency.ts";
import { countBigrams, type TermKey } from "./index/law_bigrams.ts";

/** A document's position in the list given to the index, and its score. */
export interface Bm25Hit {
  readonly document: number;
  readonly score: number;
}

/**
 * In-memory inverted index that takes texts apart and weighs them as an index of laws on disk does
 * ({@linkcode Bm25Scorer}), without headings of their own: Okapi BM25 over bigrams in which
 * 第二十一条の二 and 第21条の2 are alike, with the non-negative idf ln(1 + (N - df + 0.5) / (df + 0.5))
 * (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with
 * Lucene's idf) and their k3 for repetitions in the query.
 */
export class Bm25Index {
  readonly #postings = new Map<TermKey, { document: number; count: number }[]>();
  readonly #lengths: number[] = [];
  readonly #meanLength: number;

  constructor(
    documents: readonly string[],
    readonly parameters: Omit<Bm25Parameters, "headingWeight"> = DEFAULT_BM25,
  ) {
    documents.forEach((text, document) => {
      const counts = countBigrams(text);
      let length = 0;
      for (const [term, count] of counts) {
        length += count;
        const postings = this.#postings.get(term);
        if (postings === undefined) this.#postings.set(term, [{ document, count }]);
        else postings.push({ document, count });
      }
      this.#lengths.push(length);
    });
    const total = this.#lengths.reduce((sum, length) => sum + length, 0);
    this.#meanLength = total / Math.max(1, documents.length);
  }

  /** The `limit` best documents that share a bigram with the query; ties in document order. */
  search(query: string, limit: number): Bm25Hit[] {
    const { k1, b, k3 } = this.parameters;
    const scores = new Float64Array(this.#lengths.length);
    for (const [term, queryCount] of countBigrams(query)) {
      const postings = this.#postings.get(term);
      if (postings === undefined) continue;
      const df = postings.length;
      const weight = queryCount * (k3 + 1) / (queryCount + k3);
      const idf = inverseDocumentFrequency(this.#lengths.length, df);
      for (const { document, count } of postings) {
        const norm = k1 * (1 - b + b * this.#lengths[document]! / this.#meanLength);
        scores[document]! += weight * idf * count * (k1 + 1) / (count + norm);
      }
    }
    return bestOf(scores, limit);
  }
}

/** The `limit` largest positive scores, best first; equal ones in document order. */
function bestOf(scores: Float64Array, limit: number): Bm25Hit[] {
  const best: Bm25Hit[] = [];
  for (const [document, score] of scores.entries()) {
    if (score <= (best.length < limit ? 0 : best.at(-1)!.score)) continue;
    let place = best.length;
    while (place > 0 && best[place - 1]!.score < score) place--;
    best.splice(place, 0, { document, score });
    if (best.length > limit) best.pop();
  }
  return best;
}
