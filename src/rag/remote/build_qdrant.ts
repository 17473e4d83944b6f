import { pause } from "../../hub/file_lock.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import type { Embedder } from "../vector/embedder.ts";
import { type Grain, passageCount, passageText } from "../vector/passage_text.ts";
import type { RemoteProgress, RemoteReport } from "./build_opensearch.ts";
import { checkServer } from "./check_server.ts";
import { isIndexOf } from "./opensearch_schema.ts";
import { QdrantClient, type QdrantLayout, type QdrantPoint } from "./qdrant_client.ts";
import {
  collectionNameFor,
  type QdrantAbout,
  type QdrantProgress,
  wantedVectors,
} from "./qdrant_schema.ts";
import type { RemoteConnection } from "./remote_connection.ts";

/** What is embedded and sent where. */
export interface BuildQdrantOptions {
  readonly connection: RemoteConnection;
  readonly store: CorpusStore;
  /** Digest of the corpus that the store holds: `corpus.sha256` of the index's manifest. */
  readonly corpusSha256: string;
  readonly embedder: Embedder;
  /** Default: one vector an article. */
  readonly grain?: Grain;
  /** Default: one shard, one copy. */
  readonly layout?: Partial<QdrantLayout>;
  /** Passages that are embedded, sent and noted together. Default 64. */
  readonly passagesAtOnce?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RemoteProgress) => void;
  /** Waits between looks at how far the server's own index is, in milliseconds. */
  readonly pollMs?: number;
}

/**
 * Embeds every passage of a corpus into a collection and lets the alias point there. Until then the
 * alias points to the collection that was there before, which is deleted afterwards. What an earlier
 * run that was cut off has sent is not embedded again: the collection itself notes how far it is.
 * @throws {UsageError} where the name belongs to something that houqa did not make.
 * @throws {CannotContinueError} when the server can't be reached or loses points.
 * @throws {DOMException} `AbortError` when the signal fires; the same call then goes on.
 */
export async function buildQdrantIndex(options: BuildQdrantOptions): Promise<RemoteReport> {
  const { connection, store, embedder, grain = "unit", signal, onProgress } = options;
  const total = passageCount(store, grain);
  const corpus = {
    sha256: options.corpusSha256,
    units: store.unitCount,
    rows: store.rowCount,
  };
  const about = wantedVectors(corpus, embedder.identity, grain);
  const alias = connection.address.name;
  const name = collectionNameFor(alias, about);
  const serverVersion = await checkServer(connection, signal);
  const client = new QdrantClient(connection);
  const before = await collectionBehind(client, alias, signal);
  const layout = { shards: 1, replicas: 1, ...options.layout };
  let progress = await openOrCreate(client, name, about, layout, signal);
  const sentFrom = progress.done;
  if (progress.done > 0 && progress.done < total) {
    connection.note(
      `Going on with the build that was cut off: ${progress.done} of ${total} are embedded.`,
    );
  }
  onProgress?.({ done: progress.done, total });
  while (progress.done < total) {
    signal?.throwIfAborted();
    const count = Math.min(options.passagesAtOnce ?? 64, total - progress.done);
    const points = await embedPoints(options, grain, progress.done, count);
    if (points.length > 0) await client.upsert(name, points, signal);
    progress = {
      ...progress,
      done: progress.done + count,
      vectors: progress.vectors + points.length,
    };
    // Only what the server has for good is noted, so that a build that dies here repeats a batch.
    await client.writeAbout(name, about, progress, signal);
    onProgress?.({ done: progress.done, total });
  }
  const found = await client.count(name, signal);
  if (found !== progress.vectors + 1) {
    throw new CannotContinueError(
      `${connection.server} has ${
        found - 1
      } of ${progress.vectors} vectors in ${name}, though it ` +
        "took them all. Delete that collection and run the command again.",
    );
  }
  await waitForIndex(client, name, options);
  if (!progress.is_complete) {
    await client.writeAbout(name, about, { ...progress, is_complete: true }, signal);
  }
  if (before !== name) {
    await client.switchAlias(alias, name, before, signal);
    if (before !== undefined) await client.delete(before, signal);
  }
  return { name, sent: total - sentFrom, total, serverVersion };
}

/** @throws {UsageError} where the name is not an alias of a collection that houqa made. */
async function collectionBehind(
  client: QdrantClient,
  alias: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const collection = await client.collectionOf(alias, signal);
  const strange = collection === undefined
    ? await client.status(alias, signal) !== undefined && "is a collection"
    : !isIndexOf(alias, collection) && `stands for the collection ${collection}`;
  if (strange === false) return collection;
  throw new UsageError(
    `"${alias}" at ${client.connection.server} ${strange} that houqa did not make. Choose another ` +
      "name in --server.",
  );
}

/** @returns how far the collection is, which exists now. */
async function openOrCreate(
  client: QdrantClient,
  name: string,
  about: QdrantAbout,
  layout: QdrantLayout,
  signal?: AbortSignal,
): Promise<QdrantProgress> {
  if (await client.status(name, signal) === undefined) {
    await client.create(name, about.embedder.dimensions, layout, signal);
  }
  const there = await client.readAbout(name, signal);
  if (there === undefined) {
    const count = await client.count(name, signal);
    if (count > 0) {
      throw new UsageError(
        `The collection ${name} at ${client.connection.server} holds ${count} points that houqa ` +
          "did not make. Delete it and run the command again.",
      );
    }
    const start = { done: 0, vectors: 0, is_complete: false };
    await client.writeAbout(name, about, start, signal);
    return start;
  }
  const { model, query_prefix } = about.embedder;
  const same = { ...there.about, embedder: { ...there.about.embedder, model, query_prefix } };
  if (JSON.stringify(same) === JSON.stringify(about)) return there.progress;
  throw new UsageError(
    `The collection ${name} at ${client.connection.server} says another corpus or model of itself ` +
      "than its name does. Delete it and run the command again.",
  );
}

async function embedPoints(
  { store, embedder, signal }: BuildQdrantOptions,
  grain: Grain,
  first: number,
  count: number,
): Promise<QdrantPoint[]> {
  const passages = Array.from({ length: count }, (_, at) => ({
    id: first + at,
    text: passageText(store, grain, first + at),
  })).filter(({ text }) => text !== "");
  const vectors = await embedder.embed(passages.map(({ text }) => text), "passage", signal);
  return passages.map(({ id }, at) => ({
    id,
    vector: [...vectors[at]!],
    payload: { unit: grain === "unit" ? id : store.row(id).unit },
  }));
}

/** The server connects vectors with their neighbours after they have come; searches are slow till then. */
async function waitForIndex(
  client: QdrantClient,
  name: string,
  { signal, pollMs = 2000 }: BuildQdrantOptions,
): Promise<void> {
  let isTold = false;
  for (;;) {
    const status = await client.status(name, signal);
    if (status === "green") return;
    if (status === "grey") await client.wake(name, signal);
    else if (status !== "yellow") {
      throw new CannotContinueError(
        `The collection ${name} at ${client.connection.server} is ${status ?? "gone"}. See the ` +
          "server's log.",
      );
    }
    if (!isTold) client.connection.note("The server is connecting the vectors with each other.");
    isTold = true;
    await pause(pollMs, signal);
  }
}
