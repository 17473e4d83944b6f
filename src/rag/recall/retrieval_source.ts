import type { CorpusStore } from "../index/corpus_store.ts";
import type { ArticleSearch } from "../search/article_search.ts";
import type { SearchDescription } from "../search/search_description.ts";

/** A corpus whose searches can be measured. */
export interface RetrievalSource {
  /** For people and result files: `dataset`, or the folder of an index. */
  readonly name: string;
  readonly store: CorpusStore;
  /** Where units are parts of whole contexts, which can be told apart and found themselves. */
  readonly contexts?: {
    readonly texts: readonly string[];
    /** By unit: the place of its context in `texts`. */
    readonly ofUnit: readonly number[];
  };
  /** Names of the searches it has. */
  readonly retrievers: readonly string[];
  /**
   * Opens a search by its name.
   * @throws {UsageError} for a name that is not among `retrievers`.
   */
  open(retriever: string): Promise<ArticleSearch>;
  /** What a search that was opened is made of; absent where there is nothing to tell. */
  describe?(retriever: string): SearchDescription | undefined;
  close(): Promise<void>;
}
