import { z } from "zod";
import { UsageError } from "../../settings/usage_error.ts";
import { DEFAULT_BM25 } from "../index/bm25_parameters.ts";
import type { ArticleHit, ArticleSearch } from "../search/article_search.ts";
import { countTerms } from "./bigram_runs.ts";
import { checkServer } from "./check_server.ts";
import {
  foreignReason,
  isComplete,
  mappingsSchema,
  type RemoteCorpus,
  wantedAbout,
} from "./opensearch_schema.ts";
import { parseReply } from "./parse_reply.ts";
import { type RemoteConnection, RemoteRefusal } from "./remote_connection.ts";

/** What a search on OpenSearch needs. */
export interface OpenSearchOptions {
  /** Closed with the search. */
  readonly connection: RemoteConnection;
  /** Digest and counts of the corpus whose numbers the hits have. */
  readonly corpus: RemoteCorpus;
  /** The command that makes the index again, for messages. */
  readonly rebuildCommand: string;
  readonly signal?: AbortSignal;
}

/** An {@linkcode ArticleSearch} on a server. */
export interface RemoteSearch extends ArticleSearch {
  /** Product, version and address, for provenance. */
  readonly source: string;
}

/** Rows that are looked for at first, for each article wanted. */
const ROWS_AN_ARTICLE = 4;
/** The server's own limit for one page (`index.max_result_window`). */
const MOST_HITS = 10_000;
/** The server takes 1,024 clauses (`indices.query.bool.max_clause_count`). */
const MOST_TERMS = 1000;

const hitsSchema = z.object({
  hits: z.object({
    hits: z.array(z.object({
      sort: z.tuple([z.number(), z.number()]),
      fields: z.object({ unit: z.tuple([z.int()]) }),
    })),
  }),
});

/**
 * Opens an index on OpenSearch for searches by words, after checking that it is of this corpus and
 * this houqa.
 * @throws {UsageError} when there is none, or it is stale, foreign or not complete; with the command
 * that makes it again.
 * @throws {CannotContinueError} when the server can't be reached.
 */
export async function openOpenSearch(options: OpenSearchOptions): Promise<RemoteSearch> {
  const { connection, rebuildCommand, signal } = options;
  const { name } = connection.address;
  const again = `Make it again: ${rebuildCommand}`;
  const version = await checkServer(connection, signal);
  let found: z.infer<typeof mappingsSchema>;
  try {
    found = parseReply(
      mappingsSchema,
      await connection.call({ method: "GET", path: `/${name}/_mapping`, signal }),
      connection,
    );
  } catch (error) {
    if (!(error instanceof RemoteRefusal && error.status === 404)) throw error;
    throw new UsageError(`${connection.server} has no index "${name}". Make it: ${rebuildCommand}`);
  }
  const [first, second] = Object.entries(found);
  const index = `The index "${name}" at ${connection.server}`;
  if (first === undefined || second !== undefined) {
    throw new UsageError(
      `${index} stands for ${Object.keys(found).join(" and ") || "nothing"}, not for one index. ` +
        again,
    );
  }
  const meta = first[1].mappings._meta;
  const reason = foreignReason(meta, wantedAbout(options.corpus));
  if (reason !== undefined) throw new UsageError(`${index} ${reason}. ${again}`);
  if (!isComplete(meta)) {
    throw new UsageError(`${index} is not complete. Go on with: ${rebuildCommand}`);
  }
  return {
    type: "bm25",
    source: `OpenSearch ${version}, ${connection.address.display} (${first[0]})`,
    search: (query, limit, signal) => searchArticles(connection, query, limit, signal),
    close: () => Promise.resolve(connection.close()),
  };
}

/**
 * The best articles by their best rows. A few rows for each article are enough as a rule, and the
 * server can leave out most of its lists for them; where one article fills the page, the server
 * itself gathers the rows of each, which takes it through every list.
 */
async function searchArticles(
  connection: RemoteConnection,
  query: string,
  limit: number,
  signal?: AbortSignal,
): Promise<ArticleHit[]> {
  signal?.throwIfAborted();
  const terms = queryTerms(query, connection);
  if (terms.length === 0 || limit < 1) return [];
  const size = Math.min(MOST_HITS, ROWS_AN_ARTICLE * limit);
  const rows = await searchRows(connection, terms, { size }, signal);
  const hits = new Map<number, ArticleHit>();
  for (const hit of rows) if (!hits.has(hit.unit)) hits.set(hit.unit, hit);
  if (hits.size >= limit || rows.length < size) return [...hits.values()].slice(0, limit);
  const gathered = { size: Math.min(MOST_HITS, limit), collapse: { field: "unit" } };
  return await searchRows(connection, terms, gathered, signal);
}

async function searchRows(
  connection: RemoteConnection,
  terms: readonly unknown[],
  page: { readonly size: number; readonly collapse?: { readonly field: string } },
  signal?: AbortSignal,
): Promise<ArticleHit[]> {
  const answer = await connection.call({
    method: "POST",
    // The frequencies of all shards together, so that scores do not depend on how rows are spread;
    // an error where a shard is missing, because then articles would be too.
    path: `/${connection.address.name}/_search` +
      "?search_type=dfs_query_then_fetch&allow_partial_search_results=false",
    body: {
      ...page,
      query: { bool: { should: terms } },
      sort: [{ _score: "desc" }, { row: "asc" }],
      _source: false,
      docvalue_fields: ["unit"],
      track_total_hits: false,
    },
    signal,
  });
  const { hits: { hits } } = parseReply(hitsSchema, answer, connection);
  return hits.map(({ sort: [score, bestRow], fields: { unit: [unit] } }) => ({
    unit,
    score,
    bestRow,
  }));
}

/** Clauses for the terms of a query, each weighing q (k3 + 1) / (q + k3) for q occurrences. */
function queryTerms(query: string, connection: RemoteConnection): unknown[] {
  const { k3 } = DEFAULT_BM25;
  const counts = [...countTerms(query)];
  if (counts.length > MOST_TERMS) {
    connection.note(
      `A query has ${counts.length} different bigrams: the first ${MOST_TERMS} were searched for.`,
    );
  }
  return counts.slice(0, MOST_TERMS).map(([value, count]) => ({
    term: { terms: { value, boost: count * (k3 + 1) / (count + k3) } },
  }));
}
