import { cutUnit } from "../context/cut_unit.ts";
import { renderUnit } from "../context/render_unit.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { cutAtSentence } from "../vector/cut_at_sentence.ts";
import type { ArticleHit, ArticleSearch } from "../search/article_search.ts";
import { closeAll } from "../search/close_all.ts";
import type { Reranker } from "./reranker.ts";

/** How a search's hits are reranked. */
export interface RerankOptions {
  /** Of the same corpus as the search. */
  readonly store: CorpusStore;
  /** Hits that it reads, the search's first ones; those behind them keep their order. */
  readonly candidates: number;
  /** Called for a query of which only the start is read. */
  readonly onCutQuery?: () => void;
  /** Longest text of an article that is read; default {@linkcode DEFAULT_PASSAGE_TOKENS}. */
  readonly passageTokens?: number;
}

/** A pass takes time by its tokens: 512 hold the best row and those around it. */
export const DEFAULT_PASSAGE_TOKENS = 512;

/** What a model puts around a query and a text, at most, in tokens. */
const MARK_TOKENS = 16;

/**
 * The same search with its first hits in the order of a reranker, which reads of each as much as
 * fits, the best row before all, and of a long query the start. The scores are then the reranker's,
 * and go on falling by one for each hit that it did not read; the best rows stay. Closing it closes
 * both.
 */
export function rerankSearch(
  search: ArticleSearch,
  reranker: Reranker,
  { store, candidates, onCutQuery, passageTokens = DEFAULT_PASSAGE_TOKENS }: RerankOptions,
): ArticleSearch {
  const { maxTokens } = reranker.identity;
  const textOf = ({ unit: number, bestRow }: ArticleHit, room: number): string => {
    const unit = store.unit(number);
    const rows = store.rowsOf(number);
    const fits = (text: string) => reranker.countTokens(text) <= room;
    // One sentence that is too long by itself: the reranker cuts and counts it.
    const cut = cutUnit({ unit, rows, bestRow }, fits);
    if (cut !== undefined) return cut.text;
    const best = Math.max(0, rows.findIndex(({ row }) => row === bestRow));
    return renderUnit(unit, rows, {
      kept: rows.map(({ text }, at) => at === best ? text.length : 0),
    }).text;
  };
  // Half of what it reads at once is for the article.
  const leavesRoom = (text: string) => 2 * reranker.countTokens(text) <= maxTokens;
  return {
    type: `${search.type}+rerank`,
    async search(query, limit, signal) {
      const hits = await search.search(query, Math.max(limit, candidates), signal);
      const read = hits.slice(0, candidates);
      if (read.length === 0) return [];
      const { text: asked, end } = await cutAtSentence(query, leavesRoom);
      if (end !== "whole") onCutQuery?.();
      const left = maxTokens - reranker.countTokens(asked) - MARK_TOKENS;
      const texts = read.map((hit) => textOf(hit, Math.min(passageTokens, left)));
      const scores = await reranker.rerank(asked, texts, signal);
      const reranked = read.map((hit, at) => ({ ...hit, score: scores[at]! }))
        // The sort is stable: what the reranker can't tell apart stays in the search's order.
        .sort((a, b) => b.score - a.score);
      const worst = reranked.at(-1)!.score;
      const rest = hits.slice(candidates).map((hit, at) => ({ ...hit, score: worst - at - 1 }));
      return [...reranked, ...rest].slice(0, limit);
    },
    close: () => closeAll([search, reranker]),
  };
}
