import type { CorpusStore } from "../index/corpus_store.ts";
import { countBigrams } from "../index/law_bigrams.ts";
import type { Embedder } from "../vector/embedder.ts";
import type { VectorIndex } from "../vector/vector_index.ts";
import type { ArticleHit, ArticleSearch } from "./article_search.ts";

/** Vectors that can be searched, in a file or on a server. */
export type VectorSource = Pick<VectorIndex, "search" | "close"> & {
  readonly manifest: Pick<VectorIndex["manifest"], "grain">;
};

/** What a search by meaning needs; all of one corpus and one model. */
export interface VectorSearchOptions {
  readonly index: VectorSource;
  readonly embedder: Embedder;
  readonly store: CorpusStore;
}

/** Rows that are looked for at first, for each article wanted. */
const ROWS_AN_ARTICLE = 4;

/**
 * Finds articles whose vectors are closest to the query's; scores are cosines. Closing it closes the
 * index and the embedder.
 */
export function createVectorSearch({ index, embedder, store }: VectorSearchOptions): ArticleSearch {
  const byRow = index.manifest.grain === "row";
  return {
    type: "vector",
    async search(query, limit, signal) {
      if (query.trim() === "" || limit < 1) return [];
      const [vector] = await embedder.embed([query], "query", signal);
      if (byRow) return await searchRows(index, store, vector!, limit, signal);
      const hits = await index.search(vector!, limit, signal);
      return hits.map(({ vector: unit, score }) => ({
        unit,
        score,
        bestRow: bestRowOf(store, unit, query),
      }));
    },
    async close() {
      index.close();
      await embedder.close();
    },
  };
}

/** Articles by their best rows; asks for more rows until there are enough articles. */
async function searchRows(
  index: VectorSource,
  store: CorpusStore,
  query: Float32Array,
  limit: number,
  signal?: AbortSignal,
): Promise<ArticleHit[]> {
  for (let asked = ROWS_AN_ARTICLE * limit;; asked *= ROWS_AN_ARTICLE) {
    const rows = await index.search(query, asked, signal);
    const hits = new Map<number, ArticleHit>();
    for (const { vector: bestRow, score } of rows) {
      const { unit } = store.row(bestRow);
      if (!hits.has(unit)) hits.set(unit, { unit, score, bestRow });
    }
    if (hits.size >= limit || rows.length < asked) return [...hits.values()].slice(0, limit);
  }
}

/**
 * The row that shares most with the query, by the cosine of their sets of bigrams: an article's
 * vector does not tell which of its rows it is close for.
 */
function bestRowOf(store: CorpusStore, unit: number, query: string): number {
  const asked = countBigrams(query);
  let best = { row: store.unit(unit).firstRow, score: 0 };
  for (const { row, text } of store.rowsOf(unit)) {
    const found = countBigrams(text);
    let shared = 0;
    for (const bigram of found.keys()) if (asked.has(bigram)) shared++;
    const score = shared / Math.sqrt(Math.max(1, found.size));
    if (score > best.score) best = { row, score };
  }
  return best.row;
}
