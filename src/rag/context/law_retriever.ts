import { CitationResolver } from "../cite/citation_resolver.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { Retriever } from "../retriever.ts";
import type { ArticleSearch } from "../search/article_search.ts";
import type { ExpandOptions } from "./expand_hits.ts";
import { type ArticleContext, gatherContexts, type GatheredContexts } from "./gather_contexts.ts";
import { estimateTokens, type TokenCounter } from "./token_counter.ts";

/** How the articles for a question are found and shown. */
export interface LawRetrieverOptions extends ExpandOptions {
  readonly search: ArticleSearch;
  /** Of the same corpus as the search; stays open: who opened it closes it. */
  readonly store: CorpusStore;
  /** What is searched, for result files. */
  readonly corpus: string;
  /** Most tokens of all contexts of a query together; absent: no limit. */
  readonly budgetTokens?: number | ((query: string) => number);
  /** Default {@linkcode estimateTokens}. */
  readonly countTokens?: TokenCounter;
  /** Mark the best row in the text. */
  readonly isMarked?: boolean;
  /** Called with everything about each {@linkcode Retriever.retrieve}, what was left out too. */
  readonly onGathered?: (gathered: GatheredContexts, query: string) => void;
}

/** A retriever over laws that tells what it left out. */
export interface LawRetriever extends Retriever {
  retrieve(query: string, topK: number, signal?: AbortSignal): Promise<ArticleContext[]>;
  /**
   * What {@linkcode Retriever.retrieve} gives, and what was left out.
   * @throws {DOMException} AbortError when the signal fires.
   */
  gather(query: string, topK: number, signal?: AbortSignal): Promise<GatheredContexts>;
}

/** A retriever for prompts of a search over laws. */
export function createLawRetriever(options: LawRetrieverOptions): LawRetriever {
  const { search, store, corpus, budgetTokens, onGathered, ...more } = options;
  const countTokens = options.countTokens ?? estimateTokens;
  let resolver: CitationResolver | undefined;
  const referencesOf = options.referencesOf ??
    // It reads the names of all laws, so only where it is asked.
    ((unit: number) => (resolver ??= new CitationResolver(store)).referencedUnits(unit));
  const gather: LawRetriever["gather"] = async (query, topK, signal) => {
    const hits = await search.search(query, topK, signal);
    const budget = typeof budgetTokens === "function" ? budgetTokens(query) : budgetTokens;
    return gatherContexts(store, hits, {
      ...more,
      countTokens,
      referencesOf,
      ...(budget === undefined ? {} : { budgetTokens: budget }),
    });
  };
  return {
    type: search.type,
    corpus,
    gather,
    async retrieve(query, topK, signal) {
      const gathered = await gather(query, topK, signal);
      onGathered?.(gathered, query);
      return [...gathered.contexts];
    },
  };
}
