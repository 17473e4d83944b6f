import { UsageError } from "../../settings/usage_error.ts";
import type { SearchConfig } from "../../settings/search_config.ts";
import { diverseSearch } from "../fusion/diverse_search.ts";
import { bigramSimilarity, type HitSimilarity } from "../fusion/hit_similarity.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { IndexManifest } from "../index/index_manifest.ts";
import { embedCommand, pushCommand } from "../index_commands.ts";
import { parseRemoteAddress, requireRemoteAddress } from "../remote/remote_address.ts";
import type { ArticleSearch } from "../search/article_search.ts";
import type { OpenedPart, OpenSearchHooks } from "../search/open_law_search.ts";
import type { SearchDescription } from "../search/search_description.ts";
import { createVectorSearch } from "../search/vector_search.ts";
import { type EmbedderOptions, openEmbedder } from "./open_embedder.ts";
import { modelOf, storedVectors } from "./stored_model.ts";
import { VectorIndex } from "./vector_index.ts";
import { vectorSimilarity } from "./vector_similarity.ts";

/** The corpus that the vectors are of. */
interface Corpus {
  readonly store: CorpusStore;
  readonly manifest: IndexManifest;
}

/**
 * Opens the vectors of a corpus, in a folder or on a server, with the model that embeds queries.
 * @throws {UsageError} for vectors that are missing, foreign or damaged, or without a model's name.
 */
export async function openVectors(
  corpus: Corpus,
  config: SearchConfig,
  hooks: OpenSearchHooks,
): Promise<OpenedPart> {
  const { search, similarity, description } = parseRemoteAddress(config.vectorStore) === undefined
    ? await openFolder(corpus, config, hooks)
    : await openServer(corpus, config, hooks);
  const { mmr } = config;
  if (mmr === undefined) return { search, description };
  return {
    search: diverseSearch(search, { ...mmr, similarity }),
    description: { ...description, mmr: { lambda: mmr.lambda, fetch_k_max: mmr.fetchKMax } },
  };
}

interface Opened {
  readonly search: ArticleSearch;
  readonly similarity: HitSimilarity;
  readonly description: Pick<SearchDescription, "vectors">;
}

async function openFolder(
  { store, manifest: { corpus } }: Corpus,
  config: SearchConfig,
  hooks: OpenSearchHooks,
): Promise<Opened> {
  const folder = config.vectorStore;
  const stored = await storedVectors(folder);
  const model = config.embeddingModel ?? (stored && modelOf(stored));
  const rebuildCommand = embedCommand({ ...config, embeddingModel: model });
  if (model === undefined) {
    throw new UsageError(`There is no vector index in ${folder}. Make it: ${rebuildCommand}`);
  }
  // A model has several names: whether it is the same one is told by its digest.
  const like = stored && {
    queryPrefix: stored.embedder.query_prefix,
    passagePrefix: stored.embedder.passage_prefix,
    maxTokens: stored.embedder.max_tokens,
  };
  const embedder = await openEmbedder({ ...embedderOptions(model, config, hooks), ...like });
  try {
    const index = await VectorIndex.open({
      folder,
      corpus: { digest: corpus.sha256, units: corpus.units, rows: corpus.rows },
      embedder: embedder.identity,
      rebuildCommand,
      onNote: hooks.onNote,
    });
    return {
      search: createVectorSearch({ index, embedder, store }),
      similarity: vectorSimilarity(index),
      description: {
        vectors: {
          source: folder,
          model,
          model_digest: embedder.identity.digest,
          grain: index.manifest.grain,
          approximate: index.graph !== undefined,
        },
      },
    };
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

async function openServer(
  { store, manifest }: Corpus,
  config: SearchConfig,
  hooks: OpenSearchHooks,
): Promise<Opened> {
  const { openRemoteSearch } = await import("../remote/remote_index.ts");
  const address = requireRemoteAddress(config.vectorStore, "qdrant");
  if (config.embeddingModel === undefined) {
    throw new UsageError(
      `${address.display} does not tell which model its vectors were made with: set ` +
        "--embedding-model or EMBEDDING_MODEL.",
    );
  }
  const embedder = await openEmbedder(embedderOptions(config.embeddingModel, config, hooks));
  try {
    const search = await openRemoteSearch(
      { address, store, manifest, embedder, connection: { onNote: hooks.onNote } },
      pushCommand(config.index, address, config.embeddingModel),
    );
    return {
      search,
      // The server keeps its vectors to itself.
      similarity: bigramSimilarity(store),
      description: {
        vectors: {
          source: search.source,
          model: config.embeddingModel,
          model_digest: embedder.identity.digest,
          grain: search.grain!,
          approximate: true,
        },
      },
    };
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

function embedderOptions(
  model: string,
  { device, ollamaHost }: SearchConfig,
  hooks: OpenSearchHooks,
): EmbedderOptions {
  const onNote = (note: string) => hooks.onNote?.(`Embedding model ${model}: ${note}`);
  return { ...hooks, model, device, ollamaHost, onNote };
}
