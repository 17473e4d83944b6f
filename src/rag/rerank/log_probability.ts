/** Significant digits that are kept: JavaScript engines differ in the last bits of exp and log. */
const DIGITS = 12;

/** Natural logarithm of the first of two probabilities whose logits are known: log softmax. */
export function logProbability(logit: number, against: number): number {
  const difference = against - logit;
  // log(1 + exp(x)) = x + log(1 + exp(-x)), which can't overflow.
  const value = difference > 0
    ? -difference - Math.log1p(Math.exp(-difference))
    : -Math.log1p(Math.exp(difference));
  return Number(value.toPrecision(DIGITS));
}
