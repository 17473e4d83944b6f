import { fuseHits, type FusionOptions } from "../fusion/fuse_hits.ts";
import type { ArticleHit, ArticleSearch } from "./article_search.ts";

/** A search and what it counts. */
export interface HybridMember {
  readonly search: ArticleSearch;
  /** At least 0; not used by `rrf`. */
  readonly weight: number;
}

/** How searches are put together. */
export interface HybridOptions extends FusionOptions {
  /** Each search is asked for so many times the hits that are wanted; at least 1. */
  readonly fetchKMultiplier: number;
}

/**
 * Several searches as one: each is asked for more than is wanted, and their rankings are fused.
 * Closing it closes them all.
 */
export function createHybridSearch(
  members: readonly HybridMember[],
  options: HybridOptions,
): ArticleSearch {
  return {
    type: "hybrid",
    async search(query, limit, signal) {
      const fetched = Math.ceil(limit * Math.max(1, options.fetchKMultiplier));
      const rankings = await Promise.all(members.map(async ({ search, weight }) => ({
        hits: await search.search(query, fetched, signal),
        weight,
      })));
      return fuseHits(rankings, options).slice(0, limit);
    },
    close: () => closeAll(members.map(({ search }) => search)),
  };
}

/**
 * What the query names comes first, in its own order, and then what the other search finds. The
 * scores of named units are those of the other search's best plus 1, 2, …
 * Closing it closes both.
 */
export function withCitationsFirst(cite: ArticleSearch, other: ArticleSearch): ArticleSearch {
  return {
    type: `${cite.type}+${other.type}`,
    async search(query, limit, signal) {
      const [cited, found] = await Promise.all([
        cite.search(query, limit, signal),
        other.search(query, limit, signal),
      ]);
      const best = Math.max(0, found[0]?.score ?? 0);
      const first = cited.map((hit, at): ArticleHit => ({
        ...hit,
        score: best + cited.length - at,
      }));
      const named = new Set(cited.map(({ unit }) => unit));
      return [...first, ...found.filter(({ unit }) => !named.has(unit))].slice(0, limit);
    },
    close: () => closeAll([cite, other]),
  };
}

/** Closes all of them even where one fails. */
async function closeAll(searches: readonly ArticleSearch[]): Promise<void> {
  const results = await Promise.allSettled(searches.map((search) => search.close()));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
