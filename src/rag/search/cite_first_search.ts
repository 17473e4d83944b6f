import { type Strength, STRENGTHS } from "../cite/citation_strength.ts";
import type { ArticleHit, ArticleSearch } from "./article_search.ts";
import { closeAll } from "./close_all.ts";

/**
 * How many times better than a cited article another one must fit the words of a query to come
 * before it. What a query says little else than always comes first.
 */
const TIMES_BETTER: Readonly<Record<Exclude<Strength, "sole">, number>> = {
  topic: 2,
  passing: 1.5,
};
/** Never more of the other search's hits than these come before an article that a query is about. */
const MOST_BEFORE_TOPIC = 2;
/**
 * Both searches are asked for at least so many hits: what comes first must not depend on how many
 * are wanted.
 */
const DEPTH = 20;

/**
 * What a query names and what another search finds. A named article comes first unless the words of
 * the query fit another one far better, as those of a question do that quotes an article at length
 * and names a second one in it. The scores stay those of the other search, where a named article has
 * so many times its own as it takes another to come before it.
 * Closing it closes both.
 * @param cite its scores as those of `createCiteSearch`.
 * @param other its scores count evidence from 0 (BM25, reciprocal ranks), or are logarithms of
 * probabilities (a reranker's). Of cosines none is ever far better: what is named then comes first.
 */
export function withCitationsFirst(cite: ArticleSearch, other: ArticleSearch): ArticleSearch {
  return {
    type: `${cite.type}+${other.type}`,
    async search(query, limit, signal) {
      const depth = Math.max(limit, DEPTH);
      const [cited, found] = await Promise.all([
        cite.search(query, depth, signal),
        other.search(query, depth, signal),
      ]);
      const named = new Set(cited.map(({ unit }) => unit));
      const rest = found.filter(({ unit }) => !named.has(unit));
      // The sort is stable: of equal scores the cited unit comes first.
      return [...weigh(cited, found, rest), ...rest]
        .sort((a, b) => b.score - a.score)
        .slice(0, limit);
    },
    close: () => closeAll([cite, other]),
  };
}

/** The cited units with what they count beside the other search's scores. */
function weigh(
  cited: readonly ArticleHit[],
  found: readonly ArticleHit[],
  rest: readonly ArticleHit[],
): ArticleHit[] {
  const scores = new Map(found.map(({ unit, score }) => [unit, score]));
  const best = found[0]?.score ?? 0;
  // How much less than its 20th hit another one is must not depend on how many are wanted.
  const least = found[DEPTH - 1]?.score ?? (best <= 0 ? found.at(-1)?.score ?? 0 : 0);
  const behindFirst = rest[MOST_BEFORE_TOPIC]?.score ?? -Infinity;
  return cited.map((hit, at): ArticleHit => {
    const strength = strengthOf(hit);
    if (strength === "sole") return { ...hit, score: Math.max(0, best) + cited.length - at };
    const score = times(
      TIMES_BETTER[strength],
      Math.max(scores.get(hit.unit) ?? least, least),
      best,
    );
    return { ...hit, score: strength === "topic" ? Math.max(score, behindFirst) : score };
  });
}

function strengthOf({ score }: ArticleHit): Strength {
  const whole = Math.min(Math.max(Math.floor(score), 1), STRENGTHS.length);
  return STRENGTHS[STRENGTHS.length - whole]!;
}

/** So many times a score; where even the best is not above 0, scores are logarithms. */
function times(factor: number, score: number, best: number): number {
  if (best <= 0) return score + Math.fround(Math.log(factor));
  return Math.max(score, score * factor);
}
