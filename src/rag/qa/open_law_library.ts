import { CitationResolver } from "../cite/citation_resolver.ts";
import { createLawRetriever, type LawRetrieval } from "../context/law_retriever.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { SearchConfig } from "../../settings/search_config.ts";
import type { Retriever } from "../retriever.ts";
import { openLawSearch, type OpenSearchHooks } from "../search/open_law_search.ts";

/** The laws of an index with one way to search them. */
export interface LawLibrary {
  /** Named as its search, e.g. `cite+bm25`. Closed with this. */
  readonly retriever: Retriever<LawRetrieval>;
  /** The index's folder. */
  readonly folder: string;
  readonly corpus: CorpusStore;
  readonly resolver: CitationResolver;
  /** False where hits need no words in common with the question. */
  readonly isWordSearch: boolean;
  close(): Promise<void>;
}

/**
 * Opens an index for questions.
 * @throws as {@linkcode openLawSearch}.
 */
export async function openLawLibrary(
  config: SearchConfig,
  hooks: OpenSearchHooks = {},
): Promise<LawLibrary> {
  const { search, store: corpus, close } = await openLawSearch(config, hooks);
  try {
    const retriever = createLawRetriever({
      search,
      store: corpus,
      corpus: config.index,
      expand: config.expand,
    });
    return {
      retriever,
      folder: config.index,
      corpus,
      resolver: new CitationResolver(corpus),
      isWordSearch: config.retriever === "bm25" || config.retriever === "cite",
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
