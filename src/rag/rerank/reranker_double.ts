/** For tests: a reranker that scores by a function. */
import type { Reranker } from "./reranker.ts";

/** A reranker double. */
export interface RerankerDouble extends Reranker {
  /** Every text it was given, by call. */
  readonly calls: { readonly query: string; readonly texts: readonly string[] }[];
  closed: number;
}

/** Scores each text by itself; a token is a UTF-16 unit. */
export function rerankerDouble(scoreOf: (text: string) => number): RerankerDouble {
  return {
    identity: { kind: "cross_encoder", model: "double", digest: "sha256:d", maxTokens: 512 },
    cutTexts: 0,
    calls: [],
    closed: 0,
    countTokens: (text) => text.length,
    rerank(query, texts, signal) {
      signal?.throwIfAborted();
      this.calls.push({ query, texts });
      return Promise.resolve(texts.map(scoreOf));
    },
    close() {
      this.closed++;
      return Promise.resolve();
    },
  };
}
