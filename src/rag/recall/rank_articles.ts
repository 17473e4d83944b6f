import type { CorpusStore } from "../index/corpus_store.ts";
import type { ArticleHit, ArticleSearch } from "../search/article_search.ts";
import { articleKey } from "./article_key.ts";

/** An article that a search found, by the unit of it that fits best. */
export interface RankedArticle extends ArticleHit {
  /** Its {@linkcode articleKey}. */
  readonly article: string;
}

/** Hits asked for at first; a search of an index looks so deep in any case. */
const FIRST_DEPTH = 20;

/**
 * The first articles that a search finds, best first. Several units may be of one article (a 附則 in
 * parts), so the search is asked for more hits until there are enough different articles, or no more
 * hits. Evaluations and measurements both rank by this, so that they agree about a search.
 * @param count how many; fewer are given where the search finds no more.
 * @throws {DOMException} AbortError when the signal fires.
 */
export async function rankArticles(
  search: Pick<ArticleSearch, "search">,
  store: CorpusStore,
  query: string,
  count: number,
  signal?: AbortSignal,
): Promise<RankedArticle[]> {
  for (let depth = Math.max(FIRST_DEPTH, count);; depth *= 2) {
    const hits = await search.search(query, depth, signal);
    const articles = firstOfEachArticle(hits, store);
    if (articles.length >= count || hits.length < depth) return articles.slice(0, count);
  }
}

/** The first hit of each article, in their order. */
export function firstOfEachArticle(
  hits: readonly ArticleHit[],
  store: CorpusStore,
): RankedArticle[] {
  const articles = new Map<string, RankedArticle>();
  for (const hit of hits) {
    const article = articleKey(store.unit(hit.unit));
    if (!articles.has(article)) articles.set(article, { ...hit, article });
  }
  return [...articles.values()];
}
