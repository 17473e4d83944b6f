import type { SearchConfig } from "../../settings/search_config.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { ArticleSearch } from "../search/article_search.ts";
import type { OpenedPart, OpenSearchHooks } from "../search/open_law_search.ts";
import { openReranker } from "./open_reranker.ts";
import { rerankSearch } from "./rerank_search.ts";

/**
 * Loads a reranker and puts it behind a search.
 * @throws as {@linkcode openReranker}.
 */
export async function openReranking(
  search: ArticleSearch,
  store: CorpusStore,
  { reranker, device }: SearchConfig,
  hooks: OpenSearchHooks,
): Promise<OpenedPart> {
  const { model, candidates } = reranker!;
  const onNote = (note: string) => hooks.onNote?.(`Reranker ${model}: ${note}`);
  const loaded = await openReranker({ ...hooks, model, device, onNote });
  const half = Math.floor(loaded.identity.maxTokens / 2);
  let isTold = false;
  const onCutQuery = () => {
    if (!isTold) onNote(`of questions longer than ${half} tokens it reads the start.`);
    isTold = true;
  };
  return {
    search: rerankSearch(search, loaded, { store, candidates, onCutQuery }),
    description: {
      reranker: { model, model_digest: loaded.identity.digest, candidates },
    },
  };
}
