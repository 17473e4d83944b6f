/** For tests: one text field as Lucene indexes and scores it. */

/** The analyser that houqa asks for; anything else is refused. */
export interface AnalyserSettings {
  readonly tokenizer: string;
  readonly filter: {
    readonly type: string;
    readonly min_shingle_size: number;
    readonly max_shingle_size: number;
    readonly output_unigrams: boolean;
    readonly output_unigrams_if_no_shingles: boolean;
  };
}

/** Tokens of one value of a field. */
export function analyse(value: string, { tokenizer, filter }: AnalyserSettings): string[] {
  const isKnown = tokenizer === "whitespace" && filter.type === "shingle" &&
    filter.min_shingle_size === 2 && filter.max_shingle_size === 2 && !filter.output_unigrams;
  if (!isKnown) throw new Error("the double does not know this analyser");
  const words = value.split(/\s+/).filter((word) => word !== "");
  if (words.length === 1) return filter.output_unigrams_if_no_shingles ? words : [];
  return words.slice(1).map((word, at) => `${words[at]} ${word}`);
}

/**
 * The length of a field as scores see it: a byte that is exact below 40 and holds four significant
 * bits above (Lucene's SmallFloat.intToByte4 and back).
 */
export function storedLength(length: number): number {
  const exact = 24;
  if (length < exact) return length;
  const value = length - exact;
  const bits = 32 - Math.clz32(value);
  const shift = Math.max(0, bits - 4);
  return exact + (value >>> shift) * 2 ** shift;
}

interface Posting {
  readonly document: string;
  readonly frequency: number;
}

/** An inverted index of a field. A document that comes again takes the place of the one before. */
export class LuceneFieldDouble {
  readonly #documents = new Map<string, Map<string, number>>();
  #postings: Map<string, Posting[]> | undefined;

  /** @param exactLengths true: lengths are not rounded, as Lucene would. */
  constructor(
    readonly k1: number,
    readonly b: number,
    readonly exactLengths: boolean = false,
  ) {}

  add(document: string, terms: readonly string[]): void {
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    this.#documents.set(document, counts);
    this.#postings = undefined;
  }

  /**
   * Scores by Lucene's BM25Similarity: boost · idf · f / (f + k1 (1 − b + b · l / l̄)), in doubles
   * where Lucene rounds to floats.
   */
  score(clauses: readonly { readonly term: string; readonly boost: number }[]) {
    const postings = this.#postings ??= this.#invert();
    const count = this.#documents.size;
    const lengths = new Map(
      [...this.#documents].map(([document, counts]) =>
        [document, [...counts.values()].reduce((sum, one) => sum + one, 0)] as const
      ),
    );
    const mean = [...lengths.values()].reduce((sum, one) => sum + one, 0) / count;
    const scores = new Map<string, number>();
    for (const { term, boost } of clauses) {
      const list = postings.get(term) ?? [];
      const idf = Math.log(1 + (count - list.length + 0.5) / (list.length + 0.5));
      for (const { document, frequency } of list) {
        const length = this.exactLengths
          ? lengths.get(document)!
          : storedLength(lengths.get(document)!);
        const norm = this.k1 * (1 - this.b + this.b * length / mean);
        const added = boost * idf * frequency / (frequency + norm);
        scores.set(document, (scores.get(document) ?? 0) + added);
      }
    }
    return scores;
  }

  #invert(): Map<string, Posting[]> {
    const postings = new Map<string, Posting[]>();
    for (const [document, counts] of this.#documents) {
      for (const [term, frequency] of counts) {
        const list = postings.get(term);
        if (list === undefined) postings.set(term, [{ document, frequency }]);
        else list.push({ document, frequency });
      }
    }
    return postings;
  }
}
