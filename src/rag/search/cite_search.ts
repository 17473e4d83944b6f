import { CitationResolver } from "../cite/citation_resolver.ts";
import { CONFIDENCES } from "../cite/citation.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { ArticleHit, ArticleSearch } from "./article_search.ts";

/**
 * Finds the articles that a query cites by law and number; nothing cited, no hits. The score's
 * whole part says how sure it is which law is meant (3: it is named, 2: 同法 and the like, 1: no
 * law stands before the article); the fraction falls with the rank. Equal scores are units that one
 * citation fits equally.
 * @param store stays open: who opened it closes it.
 */
export function createCiteSearch(store: CorpusStore): ArticleSearch {
  const resolver = new CitationResolver(store);
  return {
    type: "cite",
    search(query, limit, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const hits = resolver.citedUnits(query).slice(0, limit).map((cited): ArticleHit => {
        const { unit, bestRow, confidence, rank } = cited;
        const sureness = CONFIDENCES.length - CONFIDENCES.indexOf(confidence);
        return { unit, bestRow, score: sureness + 1 / (rank + 2) };
      });
      return Promise.resolve(hits);
    },
    close: () => Promise.resolve(),
  };
}
