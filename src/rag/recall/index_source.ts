import type { SearchConfig } from "../../settings/search_config.ts";
import type { RetrieverType } from "../../settings/setting_table.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { openTextStore } from "../remote/open_text_store.ts";
import { openLawSearch, type OpenSearchHooks } from "../search/open_law_search.ts";
import type { RetrievalSource } from "./retrieval_source.ts";

/** An index of laws that is measured. */
export interface IndexSourceOptions {
  /** Of every search; the retriever, the citations and the reranker change. */
  readonly config: SearchConfig;
  /** True where `vector` and `hybrid` are among its searches. */
  readonly hasVectors: boolean;
  readonly hooks?: OpenSearchHooks;
}

/**
 * An index of laws as a corpus to measure on. Its searches have the names that result files give
 * them: `bm25`, `cite+bm25`, with a reranker also `bm25+rerank` and so on.
 * @throws {UsageError} for a folder that is no index, or a stale, foreign or damaged one.
 */
export async function openIndexSource(
  { config, hasVectors, hooks }: IndexSourceOptions,
): Promise<RetrievalSource> {
  const texts = await openTextStore(config.index);
  const searches = searchesOf(config, hasVectors);
  return {
    name: config.index,
    store: texts.store,
    retrievers: [...searches.keys()],
    async open(name) {
      const chosen = searches.get(name);
      if (chosen !== undefined) return (await openLawSearch(chosen, hooks)).search;
      throw new UsageError(
        `The index ${config.index} can't be searched by "${name}", only by ` +
          `${[...searches.keys()].join(", ")}.${hasVectors ? "" : HOW_TO_EMBED}`,
      );
    },
    close: () => Promise.resolve(texts.close()),
  };
}

const HOW_TO_EMBED = " Vectors for vector and hybrid are made by houqa laws embed.";

/** Every search that there is, by its name. */
function searchesOf(config: SearchConfig, hasVectors: boolean): Map<string, SearchConfig> {
  const { reranker, ...plain } = config;
  const found: RetrieverType[] = hasVectors ? ["bm25", "vector", "hybrid"] : ["bm25"];
  const variants = found.flatMap((retriever) => [
    [retriever, { ...plain, retriever }] as const,
    ...reranker === undefined ? [] : [[`${retriever}+rerank`, { ...config, retriever }] as const],
  ]);
  return new Map<string, SearchConfig>([
    ["cite", { ...plain, retriever: "cite" }],
    ...variants.flatMap(([name, variant]) => [
      [name, { ...variant, citations: false }] as const,
      [`cite+${name}`, { ...variant, citations: true }] as const,
    ]),
  ]);
}
