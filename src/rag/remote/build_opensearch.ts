import pMap from "p-map";
import { z } from "zod";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { checkServer } from "./check_server.ts";
import {
  createIndexBody,
  foreignReason,
  indexNameFor,
  isComplete,
  isIndexOf,
  mappingsSchema,
  type OpenSearchAbout,
  type OpenSearchLayout,
  type RemoteCorpus,
  wantedAbout,
} from "./opensearch_schema.ts";
import { parseReply } from "./parse_reply.ts";
import { type RemoteConnection, RemoteRefusal } from "./remote_connection.ts";
import { rowBatches, type RowRange } from "./row_documents.ts";
import { sendBulk } from "./send_bulk.ts";

/** What is sent where. */
export interface BuildOpenSearchOptions {
  readonly connection: RemoteConnection;
  readonly store: CorpusStore;
  /** Digest of the corpus that the store holds: `corpus.sha256` of the index's manifest. */
  readonly corpusSha256: string;
  /** Default: no copies, and a shard for every 20 million rows. */
  readonly layout?: Partial<OpenSearchLayout>;
  /** Size of one request. Default 5 MB: the services that allow least allow 10. */
  readonly batchBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RemoteProgress) => void;
}

/** How far a build is. */
export interface RemoteProgress {
  /** Rows or vectors on the server. */
  readonly done: number;
  readonly total: number;
}

/** What was built. */
export interface RemoteReport {
  /** The real name of the index or collection behind the alias. */
  readonly name: string;
  /** Rows or vectors that were sent in this run; 0: it was there already. */
  readonly sent: number;
  readonly total: number;
  readonly serverVersion: string;
}

const countSchema = z.object({ count: z.int() });
const rangesSchema = z.object({
  aggregations: z.object({
    ranges: z.object({
      buckets: z.array(z.object({ key: z.number(), doc_count: z.int() })),
    }),
  }),
});

const ROWS_A_SHARD = 20_000_000;
/** Rows are looked for in at most so many ranges; the server allows 65,535. */
const MOST_RANGES = 1000;
const FEWEST_ROWS_A_RANGE = 1000;

/**
 * Puts every row of a corpus into OpenSearch and lets the alias point there. Until then the alias
 * points to the index that was there before, which is deleted afterwards. What an earlier run that
 * was cut off has sent is not sent again.
 * @throws {UsageError} where the name belongs to something that houqa did not make.
 * @throws {CannotContinueError} when the server can't be reached or does not take a row.
 * @throws {DOMException} `AbortError` when the signal fires; the same call then goes on.
 */
export async function buildOpenSearchIndex(options: BuildOpenSearchOptions): Promise<RemoteReport> {
  const { connection, store, corpusSha256, signal, onProgress, batchBytes = 5_000_000 } = options;
  const { unitCount: units, rowCount: rows } = store;
  const about = wantedAbout({ sha256: corpusSha256, units, rows });
  const alias = connection.address.name;
  const name = indexNameFor(alias, about);
  const layout = {
    shards: options.layout?.shards ?? Math.max(1, Math.ceil(rows / ROWS_A_SHARD)),
    replicas: options.layout?.replicas ?? 0,
  };
  const serverVersion = await checkServer(connection, signal);
  const builder = new OpenSearchBuild(connection, alias, name, signal);
  const before = await builder.indexesBehindAlias();
  const meta = await builder.openOrCreate(about, layout);
  if (isComplete(meta) && await builder.countRows() === rows) {
    await builder.switchAlias(before);
    return { name, sent: 0, total: rows, serverVersion };
  }
  const missing = await builder.missingRanges(about.corpus);
  let done = rows - missing.reduce((sum, { start, end }) => sum + end - start, 0);
  if (done > 0) {
    connection.note(`Going on with the build that was cut off: ${done} of ${rows} rows are there.`);
  }
  let sent = 0;
  onProgress?.({ done, total: rows });
  await pMap(rowBatches(store, missing, batchBytes), async (batch) => {
    await sendBulk(connection, name, batch, signal);
    sent += batch.rows.length;
    done += batch.rows.length;
    onProgress?.({ done, total: rows });
  }, { concurrency: connection.maxInFlight, signal });
  await builder.complete(about, layout);
  await builder.switchAlias(before);
  return { name, sent, total: rows, serverVersion };
}

/** The requests of one build besides the rows themselves. */
class OpenSearchBuild {
  constructor(
    readonly connection: RemoteConnection,
    readonly alias: string,
    readonly name: string,
    readonly signal: AbortSignal | undefined,
  ) {}

  #call(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown) {
    return this.connection.call({ method, path, body, signal: this.signal });
  }

  /** Mappings by index; empty where nothing has that name. */
  async #mappings(name: string): Promise<z.infer<typeof mappingsSchema>> {
    try {
      return parseReply(
        mappingsSchema,
        await this.#call("GET", `/${name}/_mapping`),
        this.connection,
      );
    } catch (error) {
      if (error instanceof RemoteRefusal && error.status === 404) return {};
      throw error;
    }
  }

  /** @throws {UsageError} where the name is not an alias of indexes that houqa made. */
  async indexesBehindAlias(): Promise<string[]> {
    const found = Object.keys(await this.#mappings(this.alias));
    const strange = found.find((index) => !isIndexOf(this.alias, index));
    if (strange === undefined) return found;
    throw new UsageError(
      `"${this.alias}" at ${this.connection.server} ` +
        (strange === this.alias ? "is an index" : `stands for the index ${strange}`) +
        " that houqa did not make. Choose another name in --server.",
    );
  }

  /** @returns `_meta` of the index, which exists now. */
  async openOrCreate(about: OpenSearchAbout, layout: OpenSearchLayout): Promise<unknown> {
    const there = await this.#mappings(this.name);
    if (there[this.name] === undefined) {
      try {
        await this.#call("PUT", `/${this.name}`, createIndexBody(about, layout));
      } catch (error) {
        // The first try came through and its answer did not, or another build was faster.
        const exists = error instanceof RemoteRefusal &&
          error.serverMessage.startsWith("resource_already_exists_exception");
        if (!exists) throw error;
      }
    }
    const meta = (await this.#mappings(this.name))[this.name]?.mappings._meta;
    const reason = foreignReason(meta, about);
    if (reason === undefined) return meta;
    throw new UsageError(
      `The index ${this.name} at ${this.connection.server} ${reason}. Delete it and run the ` +
        "command again, or choose another name in --server.",
    );
  }

  async countRows(): Promise<number> {
    await this.#call("POST", `/${this.name}/_refresh`);
    const answer = await this.#call("GET", `/${this.name}/_count`);
    return parseReply(countSchema, answer, this.connection).count;
  }

  /** Ranges of rows that are not all there: the server itself knows best what it has. */
  async missingRanges({ rows }: RemoteCorpus): Promise<RowRange[]> {
    const interval = Math.max(FEWEST_ROWS_A_RANGE, Math.ceil(rows / MOST_RANGES));
    await this.#call("POST", `/${this.name}/_refresh`);
    const answer = await this.#call("POST", `/${this.name}/_search`, {
      size: 0,
      track_total_hits: false,
      aggs: { ranges: { histogram: { field: "row", interval, min_doc_count: 1 } } },
    });
    const { aggregations } = parseReply(rangesSchema, answer, this.connection);
    const counts = new Map(aggregations.ranges.buckets.map((at) => [at.key, at.doc_count]));
    const missing: RowRange[] = [];
    for (let start = 0; start < rows; start += interval) {
      const end = Math.min(start + interval, rows);
      if (counts.get(start) !== end - start) missing.push({ start, end });
    }
    return missing;
  }

  /** Makes the rows visible, checks that all are there, and says so in `_meta`. */
  async complete(about: OpenSearchAbout, { replicas }: OpenSearchLayout): Promise<void> {
    const found = await this.countRows();
    if (found !== about.corpus.rows) {
      throw new CannotContinueError(
        `${this.connection.server} has ${found} of ${about.corpus.rows} rows in ${this.name}, ` +
          "though it took them all. Run the command again.",
      );
    }
    await this.#call("PUT", `/${this.name}/_settings`, {
      index: { number_of_replicas: replicas, refresh_interval: null },
    });
    await this.#call("PUT", `/${this.name}/_mapping`, { _meta: { ...about, is_complete: true } });
  }

  /** Points the alias here at once, and deletes what it pointed to. */
  async switchAlias(before: readonly string[]): Promise<void> {
    const old = before.filter((index) => index !== this.name);
    if (before.length === 1 && old.length === 0) return;
    await this.#call("POST", "/_aliases", {
      actions: [
        ...old.map((index) => ({ remove: { index, alias: this.alias } })),
        { add: { index: this.name, alias: this.alias } },
      ],
    });
    for (const index of old) await this.#call("DELETE", `/${index}`);
  }
}
