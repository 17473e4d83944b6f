import { fuseHits, type FusionOptions } from "../fusion/fuse_hits.ts";
import type { ArticleSearch } from "./article_search.ts";
import { closeAll } from "./close_all.ts";

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
