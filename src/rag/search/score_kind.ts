import type { FusionMethod } from "../fusion/fusion_method.ts";
import type { SearchDescription } from "./search_description.ts";

/**
 * What the scores of a search are: `citation` (those of `createCiteSearch`), `bm25`, `cosine`,
 * `reciprocal_rank` (vectors after MMR), those of a fusion, or `log_probability` (a reranker's).
 */
export type ScoreKind =
  | "citation"
  | "bm25"
  | "cosine"
  | "reciprocal_rank"
  | FusionMethod
  | "log_probability";

/**
 * The kind of a search's scores. Where citations come first, as in `cite+bm25`, it is that of the
 * other search, in which an article that the query names has more.
 * @param type its name in result files.
 */
export function scoreKind(type: string, description?: SearchDescription): ScoreKind {
  if (type === "cite") return "citation";
  if (description?.reranker !== undefined) return "log_probability";
  if (description?.fusion !== undefined) return description.fusion.method;
  if (description?.vectors === undefined) return "bm25";
  return description.mmr === undefined ? "cosine" : "reciprocal_rank";
}
