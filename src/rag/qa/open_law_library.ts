import { CitationResolver } from "../cite/citation_resolver.ts";
import { createLawRetriever } from "../context/law_retriever.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { openIndex } from "../index/open_index.ts";
import { openSearch, type RetrieverType } from "../search/open_search.ts";
import type { QaSessionOptions } from "./qa_session.ts";

/** The laws of an index with one way to search them. */
export interface LawLibrary {
  /** Name of the search, e.g. `cite+bm25`. */
  readonly retriever: string;
  /** The index's folder. */
  readonly folder: string;
  readonly corpus: CorpusStore;
  readonly resolver: CitationResolver;
  readonly gather: QaSessionOptions["gather"];
  /** False where hits need no words in common with the question. */
  readonly isWordSearch: boolean;
  close(): Promise<void>;
}

/**
 * Opens an index for questions. What a question cites by law and number comes first with every search.
 * @throws {UsageError} for a folder that is no index, or has nothing for that way to search.
 */
export async function openLawLibrary(
  folder: string,
  retriever: RetrieverType,
): Promise<LawLibrary> {
  const index = await openIndex(folder);
  try {
    const { corpus } = index;
    const search = openSearch(index, retriever);
    let budgetTokens = 0;
    const laws = createLawRetriever({
      search,
      store: corpus,
      corpus: folder,
      budgetTokens: () => budgetTokens,
    });
    return {
      retriever: search.type,
      folder,
      corpus,
      resolver: new CitationResolver(corpus),
      isWordSearch: retriever !== "vector",
      gather(query, options) {
        // Read when the search is done, so questions must come one after the other.
        budgetTokens = options.budgetTokens;
        return laws.gather(query, options.topK, options.signal);
      },
      async close() {
        await search.close();
        index.close();
      },
    };
  } catch (error) {
    index.close();
    throw error;
  }
}
