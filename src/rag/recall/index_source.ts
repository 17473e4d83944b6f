import { UsageError } from "../../settings/usage_error.ts";
import { openIndex } from "../index/open_index.ts";
import type { ArticleSearch } from "../search/article_search.ts";
import { createBm25Search } from "../search/bm25_search.ts";
import { createCiteSearch } from "../search/cite_search.ts";
import { withCitationsFirst } from "../search/hybrid_search.ts";
import type { RetrievalSource } from "./retrieval_source.ts";

/**
 * An index of laws as a corpus to measure on.
 * @throws {UsageError} for a folder that is no index, or a stale, foreign or damaged one.
 */
export async function openIndexSource(folder: string): Promise<RetrievalSource> {
  const index = await openIndex(folder);
  // A search closes its index; the next one still needs it.
  const bm25 = () => createBm25Search({ ...index, close() {} });
  const cite = () => createCiteSearch(index.corpus);
  const searches: Readonly<Record<string, () => ArticleSearch>> = {
    bm25,
    cite,
    "cite+bm25": () => withCitationsFirst(cite(), bm25()),
  };
  return {
    name: folder,
    store: index.corpus,
    retrievers: Object.keys(searches),
    open(retriever) {
      const create = searches[retriever];
      return create === undefined
        ? Promise.reject(
          new UsageError(
            `The index ${folder} can't be searched by "${retriever}", only by ` +
              `${Object.keys(searches).join(", ")}.`,
          ),
        )
        : Promise.resolve(create());
    },
    close: () => Promise.resolve(index.close()),
  };
}
