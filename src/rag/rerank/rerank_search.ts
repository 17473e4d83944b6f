import { cutUnit } from "../context/cut_unit.ts";
import { renderUnit } from "../context/render_unit.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { ArticleHit, ArticleSearch } from "../search/article_search.ts";
import type { Reranker } from "./reranker.ts";

/** How a search's hits are reranked. */
export interface RerankOptions {
  /** Of the same corpus as the search. */
  readonly store: CorpusStore;
  /** Most hits after reranking; absent: as many as were asked for. */
  readonly topN?: number;
  /** Longest text of an article that is read; default {@linkcode DEFAULT_PASSAGE_TOKENS}. */
  readonly passageTokens?: number;
}

/** A pass takes time by its tokens: 512 hold the best row and those around it. */
export const DEFAULT_PASSAGE_TOKENS = 512;

/**
 * The same search with its hits in the order of a reranker, which reads of each as much as fits, the
 * best row first. The scores are then the reranker's; the best rows stay. Closing it closes both.
 */
export function rerankSearch(
  search: ArticleSearch,
  reranker: Reranker,
  { store, topN = Infinity, passageTokens = DEFAULT_PASSAGE_TOKENS }: RerankOptions,
): ArticleSearch {
  const textOf = ({ unit: number, bestRow }: ArticleHit): string => {
    const unit = store.unit(number);
    const rows = store.rowsOf(number);
    const fits = (text: string) => reranker.countTokens(text) <= passageTokens;
    // One sentence that is too long by itself: the reranker cuts and counts it.
    const cut = cutUnit({ unit, rows, bestRow }, fits);
    if (cut !== undefined) return cut.text;
    const best = Math.max(0, rows.findIndex(({ row }) => row === bestRow));
    return renderUnit(unit, rows, {
      kept: rows.map(({ text }, at) => at === best ? text.length : 0),
    }).text;
  };
  return {
    type: `${search.type}+rerank`,
    async search(query, limit, signal) {
      const hits = await search.search(query, limit, signal);
      if (hits.length === 0) return [];
      const scores = await reranker.rerank(query, hits.map(textOf), signal);
      return hits.map((hit, at) => ({ ...hit, score: scores[at]! }))
        // The sort is stable: what the reranker can't tell apart stays in the search's order.
        .sort((a, b) => b.score - a.score)
        .slice(0, Math.min(limit, topN));
    },
    async close() {
      const results = await Promise.allSettled([search.close(), reranker.close()]);
      for (const result of results) if (result.status === "rejected") throw result.reason;
    },
  };
}
