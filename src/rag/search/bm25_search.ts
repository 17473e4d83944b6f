import { unitOfRow } from "../index/open_corpus_store.ts";
import type { LawIndex, RowScores } from "../index/open_index.ts";
import type { ArticleHit, ArticleSearch } from "./article_search.ts";

/**
 * Finds articles by the words they share with a query. A unit scores as its best row does: adding
 * further rows' scores, or the best weight of each term over all rows, found fewer of lawqa_jp's
 * contexts, and would favour long articles.
 * @param index is closed with the search.
 */
export function createBm25Search(index: LawIndex): ArticleSearch {
  return {
    type: "bm25",
    search(query, limit, signal) {
      // A promise also for what is thrown: the caller waits for one.
      return new Promise((resolve) => {
        signal?.throwIfAborted();
        resolve(bestUnits(index.scoreRows(query), limit));
      });
    },
    close: () => Promise.resolve(index.close()),
  };
}

/** The `limit` units with the best rows, best first; equal ones in the order of the corpus. */
export function bestUnits({ scores, firstRows }: RowScores, limit: number): ArticleHit[] {
  const best: ArticleHit[] = [];
  if (limit <= 0) return best;
  let least = 0;
  const rowCount = scores.length;
  for (let row = 0; row < rowCount;) {
    // Few rows are better than the worst hit so far: only for those is the unit looked for.
    while (row < rowCount && scores[row]! <= least) row++;
    if (row === rowCount) break;
    const unit = unitOfRow(firstRows, row);
    const end = firstRows[unit + 1]!;
    let bestRow = row;
    for (; row < end; row++) if (scores[row]! > scores[bestRow]!) bestRow = row;
    const score = scores[bestRow]!;
    best.splice(placeFor(best, score), 0, { unit, score, bestRow });
    if (best.length > limit) best.pop();
    if (best.length === limit) least = best.at(-1)!.score;
  }
  return best;
}

/** Where a score goes in a falling list, behind its equals. */
function placeFor(best: readonly ArticleHit[], score: number): number {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (best[middle]!.score >= score) low = middle + 1;
    else high = middle;
  }
  return low;
}
