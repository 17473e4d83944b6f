import { CitationResolver } from "../cite/citation_resolver.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { rankArticles, type RankedArticle } from "../recall/rank_articles.ts";
import { RECALL_DEPTHS } from "../recall/recall_measures.ts";
import type { Retriever } from "../retriever.ts";
import type { ArticleSearch } from "../search/article_search.ts";
import type { ExpandOptions } from "./expand_hits.ts";
import { gatherContexts, type GatheredContexts } from "./gather_contexts.ts";
import { estimateTokens, type TokenCounter } from "./token_counter.ts";

/** How the articles for a question are found and shown. */
export interface LawRetrieverOptions extends ExpandOptions {
  readonly search: ArticleSearch;
  /** Of the same corpus as the search; stays open: who opened it closes it. */
  readonly store: CorpusStore;
  /** What is searched, for result files. */
  readonly corpus: string;
  /** Default {@linkcode estimateTokens}. */
  readonly countTokens?: TokenCounter;
  /** Mark the best row in the text. */
  readonly isMarked?: boolean;
}

/** What one search over laws found. */
export interface LawRetrieval extends GatheredContexts {
  /**
   * The first articles that were found, at least ten where there are so many: the first of them are
   * those of the prompt.
   */
  readonly ranked: readonly RankedArticle[];
}

/** Retrieves articles for prompts by a search over laws. */
export function createLawRetriever(options: LawRetrieverOptions): Retriever<LawRetrieval> {
  const { search, store, corpus, ...more } = options;
  const countTokens = options.countTokens ?? estimateTokens;
  let resolver: CitationResolver | undefined;
  const referencesOf = options.referencesOf ??
    // It reads the names of all laws, so only where it is asked.
    ((unit: number) => (resolver ??= new CitationResolver(store)).referencedUnits(unit));
  return {
    type: search.type,
    corpus,
    async retrieve(query, { limit, budgetTokens, signal }) {
      const count = Math.max(limit, RECALL_DEPTHS.at(-1)!);
      const ranked = await rankArticles(search, store, query, count, signal);
      const gathered = gatherContexts(store, ranked.slice(0, limit), {
        ...more,
        countTokens,
        referencesOf,
        ...(budgetTokens === undefined ? {} : { budgetTokens }),
      });
      return { ...gathered, ranked };
    },
  };
}
