import type { PrepareProgress } from "../../llm/prepare_model.ts";
import type { SearchConfig } from "../../settings/search_config.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { IndexManifest } from "../index/index_manifest.ts";
import { openIndex } from "../index/open_index.ts";
import type { ArticleSearch } from "./article_search.ts";
import { createBm25Search } from "./bm25_search.ts";
import { createCiteSearch } from "./cite_search.ts";
import { withCitationsFirst } from "./cite_first_search.ts";
import { createHybridSearch } from "./hybrid_search.ts";
import type { SearchDescription } from "./search_description.ts";

/** An index of laws that is open, with one way to search it. */
export interface LawSearch {
  readonly search: ArticleSearch;
  /** Of the corpus that is searched; closed with this. */
  readonly store: CorpusStore;
  readonly manifest: IndexManifest;
  readonly description: SearchDescription;
  /** Frees files, models and connections. Safe to call twice. */
  close(): Promise<void>;
}

/** What happens while a search is opened, and whom to ask. */
export interface OpenSearchHooks {
  readonly signal?: AbortSignal;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
  /** Called while a model is downloaded or exported. */
  readonly onProgress?: (progress: PrepareProgress) => void;
}

/** A part of a search and what closes it. */
export interface OpenedPart {
  readonly search: ArticleSearch;
  readonly description: Partial<SearchDescription>;
}

/**
 * Every search is asked for at least so many hits: what comes first must not depend on how many are
 * wanted, though fusion and diversity look at as many as they are asked for.
 */
const SEARCH_DEPTH = 20;

/**
 * Opens an index and what searches it: files or a server for words, files or a server for vectors
 * with an embedding model, a reranker, and citations before all of them.
 * @throws {UsageError} for an index, vectors or models that are missing, foreign, stale or damaged.
 * @throws {CannotContinueError} when a server can't be reached, or a model can't be had or loaded.
 * @throws {DOMException} `AbortError` when the signal fired.
 */
export async function openLawSearch(
  config: SearchConfig,
  hooks: OpenSearchHooks = {},
): Promise<LawSearch> {
  const opened: { close(): void | Promise<void> }[] = [];
  const keep = <T extends { close(): void | Promise<void> }>(one: T): T => {
    opened.push(one);
    return one;
  };
  // What was opened last may still use what was opened first.
  const close = () => closeInTurn(opened.splice(0).reverse());
  try {
    const texts = keep(await openTexts(config));
    const { store, manifest } = texts;
    const parts: OpenedPart[] = [];
    const add = (part: OpenedPart) => {
      parts.push(part);
      return keep(part.search);
    };
    let found = await openFound(config, texts, add, hooks);
    if (found !== undefined && config.reranker !== undefined) {
      const { openReranking } = await import("../rerank/open_reranking.ts");
      found = add(await openReranking(found, store, config, hooks));
    }
    const cite = createCiteSearch(store);
    const search = found === undefined
      ? cite
      : config.citations
      ? withCitationsFirst(cite, found)
      : found;
    const { corpus } = manifest;
    return {
      search: { ...atDepth(search), close },
      store,
      manifest,
      description: Object.assign({
        index: {
          folder: config.index,
          corpus_sha256: corpus.sha256,
          laws: corpus.laws,
          articles: corpus.units,
          rows: corpus.rows,
        },
        citations: found === undefined || config.citations,
      }, ...parts.map(({ description }) => description)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The texts of an index, and the search by words where its own files are searched. */
interface Texts {
  readonly store: CorpusStore;
  readonly manifest: IndexManifest;
  /** Absent where the table of scores is not needed. */
  readonly words?: ArticleSearch;
  close(): void;
}

async function openTexts({ index: folder, retriever, textServer }: SearchConfig): Promise<Texts> {
  if (!takesWords(retriever) || textServer !== undefined) {
    const { openTextStore } = await import("../remote/open_text_store.ts");
    return await openTextStore(folder);
  }
  const index = await openIndex(folder);
  const { corpus: store, manifest } = index;
  return { store, manifest, words: createBm25Search(index), close: () => index.close() };
}

const takesWords = (retriever: SearchConfig["retriever"]) =>
  retriever === "bm25" || retriever === "hybrid";

/** What is found by words or meaning; undefined where only citations are looked up. */
async function openFound(
  config: SearchConfig,
  texts: Texts,
  add: (part: OpenedPart) => ArticleSearch,
  hooks: OpenSearchHooks,
): Promise<ArticleSearch | undefined> {
  const { retriever, fusion } = config;
  if (retriever === "cite") return undefined;
  const words = takesWords(retriever)
    ? texts.words ?? add(await openServerWords(config, texts, hooks))
    : undefined;
  if (retriever === "bm25") return words;
  const { openVectors } = await import("../vector/open_vectors.ts");
  const vectors = add(await openVectors(texts, config, hooks));
  if (words === undefined) return vectors;
  const { method, rrfK, vectorWeight, bm25Weight, fetchKMultiplier } = fusion;
  return add({
    search: createHybridSearch([
      { search: words, weight: bm25Weight },
      { search: vectors, weight: vectorWeight },
    ], fusion),
    description: {
      fusion: {
        method,
        rrf_k: rrfK,
        vector_weight: vectorWeight,
        bm25_weight: bm25Weight,
        fetch_k_multiplier: fetchKMultiplier,
      },
    },
  });
}

async function openServerWords(
  { textServer, index }: SearchConfig,
  { store, manifest }: Texts,
  { signal, onNote }: OpenSearchHooks,
): Promise<OpenedPart> {
  const { requireRemoteAddress } = await import("../remote/remote_address.ts");
  const { openRemoteSearch } = await import("../remote/remote_index.ts");
  const { pushCommand } = await import("../index_commands.ts");
  const address = requireRemoteAddress(textServer!, "opensearch");
  const search = await openRemoteSearch(
    { address, store, manifest, signal, connection: { onNote } },
    pushCommand(index, address),
  );
  return { search, description: { text_server: search.source } };
}

function atDepth({ type, search }: ArticleSearch): Pick<ArticleSearch, "type" | "search"> {
  return {
    type,
    async search(query, limit, signal) {
      const hits = await search(query, Math.max(limit, SEARCH_DEPTH), signal);
      return hits.slice(0, limit);
    },
  };
}

async function closeInTurn(opened: readonly { close(): void | Promise<void> }[]): Promise<void> {
  const errors: unknown[] = [];
  for (const one of opened) {
    try {
      await one.close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
