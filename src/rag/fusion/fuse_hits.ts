import type { ArticleHit } from "../search/article_search.ts";
import type { FusionMethod } from "./fusion_method.ts";
import { normaliseScores } from "./normalise_scores.ts";

/** One search's hits, best first. */
export interface Ranking {
  readonly hits: readonly ArticleHit[];
  /** At least 0; not used by `rrf`. */
  readonly weight: number;
}

/** How rankings are fused. */
export interface FusionOptions {
  readonly method: FusionMethod;
  /** The k of reciprocal rank fusion, above 0: the larger, the less the first ranks stand out. */
  readonly rrfK: number;
}

/**
 * The units of all rankings, best first; of equal ones the corpus's first. Their order does not
 * depend on that of the rankings. A hit's best row is that of the ranking that gave it most.
 *
 * Reciprocal rank fusion: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet
 * and individual Rank Learning Methods", SIGIR 2009.
 * @throws {RangeError} for a negative weight, or a k that is not above 0.
 */
export function fuseHits(rankings: readonly Ranking[], options: FusionOptions): ArticleHit[] {
  refuseBadNumbers(rankings, options);
  const parts = new Map<number, { score: number; row: number }[]>();
  for (const { hits, weight } of rankings) {
    const scores = partsOf(hits, weight, options);
    hits.forEach(({ unit, bestRow }, at) => {
      const known = parts.get(unit);
      const part = { score: scores[at]!, row: bestRow };
      if (known === undefined) parts.set(unit, [part]);
      else known.push(part);
    });
  }
  const fused = [...parts].map(([unit, given]) => {
    // Sums of floats depend on their order: the largest first, whichever ranking it came from.
    given.sort((a, b) => b.score - a.score || a.row - b.row);
    const score = given.reduce((sum, part) => sum + part.score, 0);
    return { unit, score, bestRow: given[0]!.row };
  });
  return fused.sort((a, b) => b.score - a.score || a.unit - b.unit);
}

function partsOf(
  hits: readonly ArticleHit[],
  weight: number,
  { method, rrfK }: FusionOptions,
): number[] {
  switch (method) {
    case "rrf":
      return hits.map((_, at) => 1 / (rrfK + at + 1));
    case "weighted_rrf":
      return hits.map((_, at) => weight / (rrfK + at + 1));
    case "weighted":
      return normaliseScores(hits.map(({ score }) => score)).map((score) => weight * score);
  }
}

function refuseBadNumbers(rankings: readonly Ranking[], { rrfK }: FusionOptions): void {
  if (!(rrfK > 0)) throw new RangeError(`The k of reciprocal rank fusion is ${rrfK}, not above 0.`);
  const bad = rankings.find(({ weight }) => !(weight >= 0 && weight < Infinity));
  if (bad !== undefined) throw new RangeError(`A weight is ${bad.weight}; it must be at least 0.`);
}
