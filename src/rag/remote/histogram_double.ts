/** For tests: OpenSearch's `histogram` aggregation, with the answer of a search for nothing else. */

// deno-lint-ignore no-explicit-any
type Json = any;

/** Counts documents by ranges of a number; ranges without documents are left out. */
export function histograms(documents: Iterable<Json>, aggs: Json): unknown {
  const all = [...documents];
  const aggregations = Object.fromEntries(
    Object.entries<Json>(aggs).map(([name, { histogram: { field, interval } }]) => {
      const counts = new Map<number, number>();
      for (const document of all) {
        const key = Math.floor(document[field] / interval) * interval;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const buckets = [...counts].map(([key, doc_count]) => ({ key, doc_count }));
      return [name, { buckets: buckets.sort((a, b) => a.key - b.key) }];
    }),
  );
  return { took: 1, timed_out: false, hits: { hits: [] }, aggregations };
}
