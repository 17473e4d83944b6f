/** How the next token is drawn. */
export interface Sampling {
  /** 0 = always the likeliest. */
  readonly temperature: number;
  /** Only the k likeliest tokens; 0 = all. */
  readonly topK: number;
  /** Only the likeliest tokens that together have this probability; 1 = all. */
  readonly topP: number;
}

/**
 * Draws a token: temperature, then top-k, then nucleus sampling (arXiv:1904.09751).
 * @param random uniform in [0, 1).
 */
export function sampleToken(
  logits: Float32Array,
  { temperature, topK, topP }: Sampling,
  random: () => number,
): number {
  if (temperature === 0) return likeliest(logits);
  const most = logits[likeliest(logits)]!;
  // Tokens below this have less than 1e-13 of the likeliest one's probability.
  const least = most - 30 * temperature;
  let candidates: { token: number; weight: number }[] = [];
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (logit >= least) candidates.push({ token, weight: Math.exp((logit - most) / temperature) });
  }
  candidates.sort((a, b) => b.weight - a.weight || a.token - b.token);
  if (topK > 0) candidates = candidates.slice(0, topK);
  let total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  if (topP < 1) {
    const wanted = total * topP;
    let reached = 0;
    const count = candidates.findIndex(({ weight }) => (reached += weight) >= wanted) + 1;
    candidates = candidates.slice(0, count || candidates.length);
    total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  }
  let left = random() * total;
  for (const { token, weight } of candidates) {
    left -= weight;
    if (left < 0) return token;
  }
  return candidates.at(-1)!.token;
}

/** The token with the largest logit; the first one of equals. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) {
    if (logits[token]! > logits[best]!) best = token;
  }
  return best;
}
