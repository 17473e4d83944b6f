/** Decimals that are kept: JavaScript engines differ in the last bits of exp and log. */
const UNIT = 1e9;

/**
 * Natural-log probabilities of scores (logits or log-probabilities), which sum to one; to nine decimals,
 * so that every engine writes the same.
 */
export function logSoftmax(scores: readonly number[]): number[] {
  const total = logSumExp(scores);
  return scores.map((score) => Math.round((score - total) * UNIT) / UNIT);
}

/** log Σ exp(x), computed from the largest term so that it cannot overflow. */
export function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
