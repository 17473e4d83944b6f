import type { Question } from "../../dataset/question.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { Bm25Index } from "../bm25_index.ts";
import type { ArticleHit, ArticleSearch } from "../search/article_search.ts";
import { createCiteSearch } from "../search/cite_search.ts";
import { withCitationsFirst } from "../search/cite_first_search.ts";
import { type ContextStore, createContextStore } from "./context_store.ts";
import type { RetrievalSource } from "./retrieval_source.ts";

const SEARCHES: Readonly<Record<string, (contexts: ContextStore) => ArticleSearch>> = {
  bm25: createContextBm25,
  cite: ({ store }) => createCiteSearch(store),
  "cite+bm25": (contexts) =>
    withCitationsFirst(
      breakTies(createCiteSearch(contexts.store), createContextBm25(contexts)),
      createContextBm25(contexts),
    ),
};

/**
 * The distinct コンテキスト of a question file as a corpus to measure on. The right context of every
 * question is among them, so this is an easier search than one over all laws.
 * @throws {UsageError} when no question has one.
 */
export function createDatasetSource(
  questions: readonly Question[],
  dataPath: string,
): RetrievalSource {
  const contexts = createContextStore(questions);
  if (contexts.contexts.length === 0) {
    throw new UsageError(
      `${dataPath} has no コンテキスト to search. Name an index of laws with --index.`,
    );
  }
  return {
    name: "dataset",
    store: contexts.store,
    contexts: { texts: contexts.contexts, ofUnit: contexts.contextOfUnit },
    retrievers: Object.keys(SEARCHES),
    open(retriever) {
      const create = SEARCHES[retriever];
      return create === undefined
        ? Promise.reject(
          new UsageError(
            `The contexts of a question file can't be searched by "${retriever}", only by ` +
              `${Object.keys(SEARCHES).join(", ")}. Name an index of laws with --index.`,
          ),
        )
        : Promise.resolve(create(contexts));
    },
    close: () => Promise.resolve(contexts.store.close()),
  };
}

/** BM25 over whole contexts, as an evaluation without an index does; a hit brings all its units. */
function createContextBm25({ contexts, contextOfUnit, store }: ContextStore): ArticleSearch {
  const index = new Bm25Index(contexts);
  const unitsOf = contexts.map((): number[] => []);
  for (const [unit, context] of contextOfUnit.entries()) unitsOf[context]!.push(unit);
  return {
    type: "bm25",
    search(query, limit, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const hits = index.search(query, limit).flatMap(({ document, score }) =>
        unitsOf[document]!.map((unit): ArticleHit => ({
          unit,
          score,
          bestRow: store.unit(unit).firstRow,
        }))
      );
      return Promise.resolve(hits.slice(0, limit));
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Hits of equal score in the order of another search. Several contexts quote the article that a
 * question cites; only the words tell which of them it is about.
 */
function breakTies(search: ArticleSearch, other: ArticleSearch): ArticleSearch {
  return {
    type: search.type,
    async search(query, limit, signal) {
      const [hits, others] = await Promise.all([
        search.search(query, limit, signal),
        other.search(query, limit, signal),
      ]);
      const places = new Map(others.map(({ unit }, place) => [unit, place]));
      const placeOf = ({ unit }: ArticleHit) => places.get(unit) ?? others.length;
      return [...hits].sort((a, b) => b.score - a.score || placeOf(a) - placeOf(b));
    },
    close: () => search.close(),
  };
}
