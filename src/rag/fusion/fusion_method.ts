/**
 * How several rankings become one:
 * - `rrf`: reciprocal rank fusion, Σ 1 / (k + rank)
 * - `weighted_rrf`: the same with a weight for each ranking, Σ w / (k + rank)
 * - `weighted`: Σ w · s, the scores of each ranking brought to 0…1 before
 *
 * A unit that a ranking does not name gets nothing from it.
 */
export const FUSION_METHODS = ["rrf", "weighted_rrf", "weighted"] as const;
/** One of the {@linkcode FUSION_METHODS}. */
export type FusionMethod = (typeof FUSION_METHODS)[number];
