/** What one pass through a model may hold. */
export interface BatchLimits {
  /** Texts × longest text. */
  readonly tokens: number;
  /** Texts × square of the longest text: attention's memory. */
  readonly pairs: number;
}

/**
 * Places of texts in batches: each batch is within the limits or is one text, and holds texts of
 * about the same length, so that little is filled up. The longest come first, so that a model that
 * does not fit in memory says so at once.
 * @param lengths of the texts, in tokens.
 */
export function splitBatches(lengths: readonly number[], limits: BatchLimits): number[][] {
  const byLength = lengths.map((_, place) => place)
    .sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const place of byLength) {
    const longest = lengths[batch[0] ?? place]!;
    const count = batch.length + 1;
    if (count > 1 && (count * longest > limits.tokens || count * longest ** 2 > limits.pairs)) {
      batches.push(batch);
      batch = [];
    }
    batch.push(place);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
