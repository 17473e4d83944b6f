import type { ArticleSearch } from "./article_search.ts";

/**
 * Closes all of them even where one fails.
 * @throws what the first that failed threw.
 */
export async function closeAll(searches: readonly Pick<ArticleSearch, "close">[]): Promise<void> {
  const results = await Promise.allSettled(searches.map((search) => search.close()));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
