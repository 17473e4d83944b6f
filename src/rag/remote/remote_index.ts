import type { CorpusStore } from "../index/corpus_store.ts";
import type { IndexManifest } from "../index/index_manifest.ts";
import type { Embedder } from "../vector/embedder.ts";
import type { Grain } from "../vector/passage_text.ts";
import {
  buildOpenSearchIndex,
  type RemoteProgress,
  type RemoteReport,
} from "./build_opensearch.ts";
import { buildQdrantIndex } from "./build_qdrant.ts";
import { openOpenSearch, type RemoteSearch } from "./opensearch_search.ts";
import { openQdrant } from "./qdrant_search.ts";
import type { RemoteAddress } from "./remote_address.ts";
import { RemoteConnection, type RemoteConnectionOptions } from "./remote_connection.ts";
import { remoteCredentials } from "./remote_credentials.ts";

/** An index on a server and the local index whose texts and numbers it has. */
export interface RemoteIndexOptions {
  readonly address: RemoteAddress;
  /** Of the local index; see `openTextStore`. */
  readonly store: CorpusStore;
  readonly manifest: Pick<IndexManifest, "corpus">;
  /** Time limits, tries, fetch, notes. */
  readonly connection?: Partial<Omit<RemoteConnectionOptions, "address">>;
  readonly signal?: AbortSignal;
  /** Qdrant only: what embeds. Without it nothing is opened or built there. */
  readonly embedder?: Embedder;
}

/** What a build takes besides. */
export interface BuildRemoteOptions extends RemoteIndexOptions {
  readonly shards?: number;
  readonly replicas?: number;
  /** Qdrant only. Default: one vector an article. */
  readonly grain?: Grain;
  readonly onProgress?: (progress: RemoteProgress) => void;
}

/**
 * Sends the texts (OpenSearch) or vectors (Qdrant) of a local index to a server and lets the
 * address's name point to them; see {@linkcode buildOpenSearchIndex} and
 * {@linkcode buildQdrantIndex} for what happens to interrupted and older builds, and for errors.
 */
export async function buildRemoteIndex(options: BuildRemoteOptions): Promise<RemoteReport> {
  const { address, store, manifest, signal, onProgress, shards, replicas } = options;
  const connection = connect(options, { timeoutMs: 120_000 });
  const layout = {
    ...(shards === undefined ? {} : { shards }),
    ...(replicas === undefined ? {} : { replicas }),
  };
  const corpusSha256 = manifest.corpus.sha256;
  const shared = { connection, store, corpusSha256, layout, signal, onProgress };
  try {
    if (address.product === "opensearch") return await buildOpenSearchIndex(shared);
    const { grain } = options;
    return await buildQdrantIndex({ ...shared, grain, embedder: requireEmbedder(options) });
  } finally {
    connection.close();
  }
}

/**
 * Opens a search on a server, for vectors with what each of them stands for; see {@linkcode openOpenSearch} and {@linkcode openQdrant} for errors.
 * @param rebuildCommand the command that makes the index again, for messages.
 */
export async function openRemoteSearch(
  options: RemoteIndexOptions,
  rebuildCommand: string,
): Promise<RemoteSearch & { readonly grain?: Grain }> {
  const { address, store, manifest, signal } = options;
  const connection = connect(options, { timeoutMs: 30_000, retries: 3 });
  const { sha256 } = manifest.corpus;
  const shared = { connection, rebuildCommand, signal };
  try {
    if (address.product === "opensearch") {
      const corpus = { sha256, units: store.unitCount, rows: store.rowCount };
      return await openOpenSearch({ ...shared, corpus });
    }
    const embedder = requireEmbedder(options);
    return await openQdrant({ ...shared, store, corpusSha256: sha256, embedder });
  } catch (error) {
    connection.close();
    throw error;
  }
}

function connect(
  { address, connection = {} }: RemoteIndexOptions,
  defaults: Partial<RemoteConnectionOptions>,
): RemoteConnection {
  const credentials = connection.credentials ?? remoteCredentials(address.product);
  return new RemoteConnection({ ...defaults, ...connection, address, credentials });
}

function requireEmbedder({ embedder, address }: RemoteIndexOptions): Embedder {
  if (embedder !== undefined) return embedder;
  throw new TypeError(`${address.display} holds vectors: an embedder is needed`);
}
