import type { Expansion } from "../rag/context/context_candidate.ts";
import type { FusionMethod } from "../rag/fusion/fusion_method.ts";
import { describeOrigin, type ResolvedSettings } from "./resolve_settings.ts";
import type { HF_DEVICES, RetrieverType } from "./setting_table.ts";
import { UsageError } from "./usage_error.ts";

/** How an index of laws is searched, with every default filled in. */
export interface SearchConfig {
  /** Folder that `houqa laws build` has made. */
  readonly index: string;
  readonly retriever: RetrieverType;
  /** What a query cites by law and number is looked up too. */
  readonly citations: boolean;
  /** Address of an OpenSearch that has the index's texts; absent: the index's own files. */
  readonly textServer?: string;
  /** Folder of vectors, or the address of a Qdrant that has them. */
  readonly vectorStore: string;
  /** Absent: the model that the folder of vectors names. */
  readonly embeddingModel?: string;
  /** Where embedding models and rerankers run. */
  readonly device: (typeof HF_DEVICES)[number];
  readonly ollamaHost: string;
  /** Of `hybrid`. */
  readonly fusion: {
    readonly method: FusionMethod;
    readonly rrfK: number;
    readonly vectorWeight: number;
    readonly bm25Weight: number;
    readonly fetchKMultiplier: number;
  };
  /** Maximal marginal relevance of what vectors find; absent: not used. */
  readonly mmr?: { readonly lambda: number; readonly fetchKMax: number };
  readonly reranker?: {
    readonly model: string;
    /** Hits that it reads. */
    readonly candidates: number;
  };
  /** Articles in a prompt: `--top-k`, or as many of them as reranking keeps. */
  readonly keep: number;
  /** What is shown beside the articles that were found. */
  readonly expand: readonly Expansion[];
}

/** Without `--rerank-top-n`, a reranker chooses among so many times the articles wanted. */
const CANDIDATES_AN_ARTICLE = 4;

/**
 * The settings of a search over an index.
 * @throws {UsageError} for settings that contradict each other.
 */
export function searchConfig(settings: ResolvedSettings, index: string): SearchConfig {
  const { values } = settings;
  const { top_k: topK, rerank_top_n: topN } = values;
  const usesVectors = values.retriever_type === "vector" || values.retriever_type === "hybrid";
  const reranker = chooseReranker(settings);
  return {
    index,
    retriever: values.retriever_type,
    citations: values.citations,
    ...(values.text_server === undefined ? {} : { textServer: values.text_server }),
    vectorStore: values.vector_store_path ?? defaultVectorStore(index),
    ...(values.embedding_model === undefined ? {} : { embeddingModel: values.embedding_model }),
    device: values.embedding_device,
    ollamaHost: values.ollama_host,
    fusion: {
      method: values.fusion_method,
      rrfK: values.rrf_k,
      vectorWeight: values.vector_weight,
      bm25Weight: values.bm25_weight,
      fetchKMultiplier: values.fetch_k_multiplier,
    },
    ...(usesVectors && values.use_mmr
      ? { mmr: { lambda: values.mmr_lambda, fetchKMax: values.mmr_fetch_k_max } }
      : {}),
    ...(reranker === undefined ? {} : { reranker }),
    keep: reranker === undefined ? topK : Math.min(topK, topN ?? topK),
    expand: values.expand ?? [],
  };
}

/** Beside the index: what is in it is replaced when it is built again. */
export function defaultVectorStore(index: string): string {
  return `${index.replace(/[\/\\]+$/, "")}_vectors`;
}

function chooseReranker({ values, origins }: ResolvedSettings): SearchConfig["reranker"] {
  const { reranker_enabled: isOn, reranker_model: model, rerank_top_n: topN, top_k: topK } = values;
  if (!isOn) {
    const unused = (["reranker_model", "rerank_top_n"] as const)
      .find((name) => origins[name].kind === "option");
    if (unused === undefined) return undefined;
    throw new UsageError(
      `${describeOrigin(origins[unused])} needs --use-reranker: add it, or leave the option out.`,
    );
  }
  if (values.retriever_type === "cite") {
    throw new UsageError(
      `${describeOrigin(origins.reranker_enabled)}: what is cited needs no reranking. Choose ` +
        "--retriever bm25, vector or hybrid, or leave the reranker out.",
    );
  }
  if (model === undefined) {
    throw new UsageError(
      `${describeOrigin(origins.reranker_enabled)} needs a model: set --reranker-model or ` +
        "RERANKER_MODEL, e.g. Qwen/Qwen3-Reranker-0.6B.",
    );
  }
  if (topN !== undefined && topN > topK) {
    throw new UsageError(
      `${describeOrigin(origins.rerank_top_n)} is ${topN}, more than the ${topK} statutes of ` +
        `${describeOrigin(origins.top_k)} that are reranked.`,
    );
  }
  return { model, candidates: topN === undefined ? topK * CANDIDATES_AN_ARTICLE : topK };
}
