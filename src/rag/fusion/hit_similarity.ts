import type { CorpusStore } from "../index/corpus_store.ts";
import { countBigrams, type TermKey } from "../index/law_bigrams.ts";
import type { ArticleHit } from "../search/article_search.ts";

/** Tells how alike two hits of a search are. */
export interface HitSimilarity {
  /**
   * True where the search's scores are on the same scale as these similarities, as cosines are;
   * otherwise the scores are brought to 0…1.
   */
  readonly fitsScores: boolean;
  /** @returns the similarity of two of these hits by their places, 1 for the same text. */
  between(hits: readonly ArticleHit[]): (a: number, b: number) => number;
}

/** Jaccard similarity of the articles' character bigrams: shared ones / all of both. */
export function bigramSimilarity(store: CorpusStore): HitSimilarity {
  return {
    fitsScores: false,
    between(hits) {
      const sets = hits.map(({ unit }) =>
        new Set(store.rowsOf(unit).flatMap(({ text }) => [...countBigrams(text).keys()]))
      );
      return (a, b) => jaccard(sets[a]!, sets[b]!);
    },
  };
}

function jaccard(a: ReadonlySet<TermKey>, b: ReadonlySet<TermKey>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const one of small) if (large.has(one)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 1 : shared / all;
}
