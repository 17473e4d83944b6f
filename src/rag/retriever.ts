/** A statute text found for a question. */
export interface RetrievedContext {
  /** Where it stands, for people: its headings (law, article), or else how it begins. */
  readonly source: string;
  /** The retriever's own score; larger is better; comparable within one query only. */
  readonly score: number;
  /** From 1. */
  readonly rank: number;
  readonly text: string;
}

/** Finds statutes for a query. */
export interface Retriever {
  /** Name in result files, e.g. "bm25". */
  readonly type: string;
  /** What is searched, e.g. "dataset". */
  readonly corpus: string;
  /** The best matches, best first; fewer than `topK` where the corpus has no more that match. */
  retrieve(query: string, topK: number): Promise<RetrievedContext[]>;
}
