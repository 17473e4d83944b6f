/** A unit of the corpus (an article, as a rule) that fits a query. */
export interface ArticleHit {
  /** The unit's number in the corpus store. */
  readonly unit: number;
  /** Larger is better; comparable within one query and one search only. */
  readonly score: number;
  /** Number, in the corpus store, of the row that fits best. */
  readonly bestRow: number;
}

/** One way to find articles: by words, by citation, by meaning, or several of them together. */
export interface ArticleSearch {
  /** Name in result files: `bm25`, `cite`, `vector`, `hybrid`. */
  readonly type: string;
  /**
   * The best units, best first, each once; fewer than `limit` where no more fit.
   * @throws {DOMException} AbortError when the signal fires.
   */
  search(query: string, limit: number, signal?: AbortSignal): Promise<readonly ArticleHit[]>;
  /** Frees files and models. Safe to call twice. */
  close(): Promise<void>;
}
