import type { ArticleHit, ArticleSearch } from "../search/article_search.ts";
import { chooseDiverse } from "./choose_diverse.ts";
import type { HitSimilarity } from "./hit_similarity.ts";
import { normaliseScores } from "./normalise_scores.ts";

/** How a search's hits are made diverse. */
export interface DiversityOptions {
  /** From 0 (difference) to 1 (relevance). */
  readonly lambda: number;
  /** Candidates are twice the hits asked for, but no more than this or the hits asked for. */
  readonly fetchKMax: number;
  readonly similarity: HitSimilarity;
}

/**
 * The same search with hits that repeat each other moved back (maximal marginal relevance). The
 * scores are then 1, 1/2, 1/3, … by rank. Closing it closes the search.
 */
export function diverseSearch(
  search: ArticleSearch,
  { lambda, fetchKMax, similarity }: DiversityOptions,
): ArticleSearch {
  return {
    type: search.type,
    async search(query, limit, signal) {
      const fetched = Math.max(limit, Math.min(2 * limit, fetchKMax));
      const hits = await search.search(query, fetched, signal);
      const scores = hits.map(({ score }) => score);
      const places = chooseDiverse(
        similarity.fitsScores ? scores : normaliseScores(scores),
        similarity.between(hits),
        lambda,
        limit,
      );
      return places.map((place, rank): ArticleHit => ({ ...hits[place]!, score: 1 / (rank + 1) }));
    },
    close: () => search.close(),
  };
}
