import { CitationResolver } from "../cite/citation_resolver.ts";
import { citationStrength, STRENGTHS } from "../cite/citation_strength.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { ArticleHit, ArticleSearch } from "./article_search.ts";

/**
 * Finds the articles that a query cites by law and number; nothing cited, no hits. The score's
 * whole part says how much the query is about the article (3 `sole`, 2 `topic`, 1 `passing`; see
 * {@linkcode STRENGTHS}); the fraction falls with the rank. Equal scores are units that one citation
 * fits equally.
 * @param store stays open: who opened it closes it.
 */
export function createCiteSearch(store: CorpusStore): ArticleSearch {
  const resolver = new CitationResolver(store);
  return {
    type: "cite",
    search(query, limit, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const cited = resolver.citedUnits(query).slice(0, limit);
      const lettersBeside = cited.length === 0 ? 0 : resolver.lettersBeside(query);
      const hits = cited.map((one): ArticleHit => {
        const at = STRENGTHS.indexOf(citationStrength(one, lettersBeside));
        const { unit, bestRow, rank } = one;
        return { unit, bestRow, score: STRENGTHS.length - at + 1 / (rank + 2) };
      });
      return Promise.resolve(hits);
    },
    close: () => Promise.resolve(),
  };
}
