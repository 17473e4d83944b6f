import { UsageError } from "../../settings/usage_error.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { createVectorSearch } from "../search/vector_search.ts";
import type { Embedder } from "../vector/embedder.ts";
import { checkServer } from "./check_server.ts";
import type { Grain } from "../vector/passage_text.ts";
import type { RemoteSearch } from "./opensearch_search.ts";
import { QdrantClient } from "./qdrant_client.ts";
import { ABOUT_POINT, foreignVectors } from "./qdrant_schema.ts";
import type { RemoteConnection } from "./remote_connection.ts";

/** What a search on Qdrant needs. */
export interface QdrantOptions {
  /** Closed with the search. */
  readonly connection: RemoteConnection;
  readonly store: CorpusStore;
  /** Digest of the corpus that the store holds. */
  readonly corpusSha256: string;
  /** Embeds the queries; closed with the search. */
  readonly embedder: Embedder;
  /** The command that makes the collection again, for messages. */
  readonly rebuildCommand: string;
  readonly signal?: AbortSignal;
}

/**
 * Opens a collection on Qdrant for searches by meaning, after checking that it is of this corpus and
 * this model. Scores are cosines.
 * @throws {UsageError} when there is none, or it is foreign or not complete; with the command that
 * makes it again.
 * @throws {CannotContinueError} when the server can't be reached.
 */
export async function openQdrant(
  options: QdrantOptions,
): Promise<RemoteSearch & { readonly grain: Grain }> {
  const { connection, store, embedder, rebuildCommand, signal } = options;
  const { name } = connection.address;
  const version = await checkServer(connection, signal);
  const client = new QdrantClient(connection);
  const collection = await client.collectionOf(name, signal);
  if (collection === undefined) {
    throw new UsageError(
      `${connection.server} has no alias "${name}" of a collection. Make it: ${rebuildCommand}`,
    );
  }
  const again = `Make it again: ${rebuildCommand}`;
  const there = await client.readAbout(collection, signal);
  const what = `The collection "${name}" at ${connection.server}`;
  if (there === undefined) {
    throw new UsageError(`${what} was not made by this version of houqa. ${again}`);
  }
  const corpus = { sha256: options.corpusSha256, units: store.unitCount, rows: store.rowCount };
  const reason = foreignVectors(there.about, corpus, embedder.identity);
  if (reason !== undefined) throw new UsageError(`${what} ${reason}. ${again}`);
  if (!there.progress.is_complete) {
    throw new UsageError(`${what} is not complete. Go on with: ${rebuildCommand}`);
  }
  const search = createVectorSearch({
    index: {
      manifest: { grain: there.about.grain },
      async search(vector, limit, signal) {
        // One more, because the point that describes the collection may be among them.
        const points = await client.search(name, vector, limit + 1, signal);
        return points.filter(({ id }) => id !== ABOUT_POINT)
          .map(({ id, score }) => ({ vector: id, score })).slice(0, limit);
      },
      close: () => connection.close(),
    },
    embedder,
    store,
  });
  return {
    ...search,
    grain: there.about.grain,
    source: `Qdrant ${version}, ${connection.address.display} (${collection})`,
  };
}
