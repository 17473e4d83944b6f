/** What scores depend on. */
export interface RerankerIdentity {
  readonly kind: "causal" | "cross_encoder";
  /** As it was asked for. */
  readonly model: string;
  /** `sha256:…` over every file that the scores depend on. */
  readonly digest: string;
  /** Longest query and text together, in tokens. */
  readonly maxTokens: number;
}

/** Reads a query and a text together and tells how well the text answers it. */
export interface Reranker {
  readonly identity: RerankerIdentity;
  /** Texts, of all so far, of which only a start was read because they were too long. */
  readonly cutTexts: number;
  /** Tokens of a text by the model's tokenizer, nothing added. */
  countTokens(text: string): number;
  /**
   * One score a text, in their order: the natural logarithm of the probability that it fits, by the
   * model's own measure; at most 0. A text that is too long is cut at a sentence's end and counted.
   * @throws {UsageError} when the query leaves no room for a text.
   * @throws {CannotContinueError} when the scores are no numbers, or the runtime gives up.
   * @throws {DOMException} `AbortError` when the signal fires.
   */
  rerank(query: string, texts: readonly string[], signal?: AbortSignal): Promise<number[]>;
  /** Frees the model. Safe to call twice. */
  close(): Promise<void>;
}
