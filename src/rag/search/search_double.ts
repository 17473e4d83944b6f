/** For tests: a search that finds what it is told to find. */
import type { ArticleHit, ArticleSearch } from "./article_search.ts";

/** A search double. */
export interface SearchDouble extends ArticleSearch {
  /** Every call's query and limit. */
  readonly calls: { readonly query: string; readonly limit: number }[];
  closed: number;
}

/**
 * Finds the first `limit` of these hits, whatever the query.
 * @param hits units with falling scores, or whole hits.
 */
export function searchDouble(
  type: string,
  hits: readonly (number | ArticleHit)[],
): SearchDouble {
  const found = hits.map((hit, at): ArticleHit =>
    typeof hit === "number" ? { unit: hit, score: hits.length - at, bestRow: hit } : hit
  );
  return {
    type,
    calls: [],
    closed: 0,
    search(query, limit, signal) {
      this.calls.push({ query, limit });
      if (signal?.aborted) return Promise.reject(new DOMException("Aborted.", "AbortError"));
      return Promise.resolve(found.slice(0, limit));
    },
    close() {
      this.closed++;
      return Promise.resolve();
    },
  };
}
