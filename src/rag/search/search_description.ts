import type { FusionMethod } from "../fusion/fusion_method.ts";

/** Which index, models and servers a search uses, and how: for result files. */
export interface SearchDescription {
  readonly index: {
    readonly folder: string;
    /** SHA-256 (hex) of the corpus. */
    readonly corpus_sha256: string;
    readonly laws: number;
    readonly articles: number;
    readonly rows: number;
  };
  /** True where what a query cites comes first. */
  readonly citations: boolean;
  /** Server for words, with its version. */
  readonly text_server?: string;
  readonly vectors?: {
    /** Folder, or server with its version. */
    readonly source: string;
    readonly model: string;
    readonly model_digest: string;
    /** One vector an article, or a row. */
    readonly grain: string;
    /** True where a graph of neighbours may miss some. */
    readonly approximate: boolean;
  };
  readonly fusion?: {
    readonly method: FusionMethod;
    readonly rrf_k: number;
    readonly vector_weight: number;
    readonly bm25_weight: number;
    readonly fetch_k_multiplier: number;
  };
  readonly mmr?: { readonly lambda: number; readonly fetch_k_max: number };
  readonly reranker?: {
    readonly model: string;
    readonly model_digest: string;
    /** Hits that it reads. */
    readonly candidates: number;
  };
}
