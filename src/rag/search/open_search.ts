import { UsageError } from "../../settings/usage_error.ts";
import type { RETRIEVER_TYPES } from "../../settings/setting_table.ts";
import type { LawIndex } from "../index/open_index.ts";
import type { ArticleSearch } from "./article_search.ts";
import { createBm25Search } from "./bm25_search.ts";
import { createCiteSearch } from "./cite_search.ts";
import { withCitationsFirst } from "./hybrid_search.ts";

/** A way to search: `RETRIEVER_TYPE`. */
export type RetrieverType = (typeof RETRIEVER_TYPES)[number];

/**
 * A search over an index. What a query cites by law and number comes first in every one of them.
 * @throws {UsageError} for a search that needs what the index does not have.
 */
export function openSearch(index: LawIndex, type: RetrieverType): ArticleSearch {
  const cite = createCiteSearch(index.corpus);
  switch (type) {
    case "cite":
      return cite;
    case "bm25":
      return withCitationsFirst(cite, createBm25Search(index));
    case "vector":
    case "hybrid":
      throw new UsageError(
        `${index.folder} has no vectors to search by ${type}: use --retriever bm25 or cite.`,
      );
  }
}
