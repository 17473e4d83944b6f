/**
 * Chooses candidates that fit and do not repeat each other: maximal marginal relevance. The next one
 * is always that with the largest λ · relevance - (1 - λ) · (largest similarity to one chosen
 * before); of equal ones the first (Carbonell and Goldstein, "The Use of MMR, Diversity-Based
 * Reranking", SIGIR 1998).
 * @param relevance of each candidate, on the scale of the similarities.
 * @param similarity of two candidates by their places in `relevance`.
 * @param lambda 1: relevance alone; 0: after the first, difference alone.
 * @returns places in `relevance`, at most `limit`, in the order in which they were chosen.
 * @throws {RangeError} for a λ outside 0…1.
 */
export function chooseDiverse(
  relevance: readonly number[],
  similarity: (a: number, b: number) => number,
  lambda: number,
  limit: number,
): number[] {
  if (!(lambda >= 0 && lambda <= 1)) throw new RangeError(`λ is ${lambda}, not from 0 to 1.`);
  const left = relevance.map((value, place) => ({ place, value, nearest: 0 }));
  const chosen: number[] = [];
  while (chosen.length < limit && left.length > 0) {
    let best = 0;
    const worth = ({ value, nearest }: (typeof left)[number]) =>
      // The first is the most relevant one, whatever λ is.
      chosen.length === 0 ? value : lambda * value - (1 - lambda) * nearest;
    left.forEach((one, at) => {
      if (worth(one) > worth(left[best]!)) best = at;
    });
    const [taken] = left.splice(best, 1);
    for (const one of left) {
      const near = similarity(one.place, taken!.place);
      one.nearest = chosen.length === 0 ? near : Math.max(one.nearest, near);
    }
    chosen.push(taken!.place);
  }
  return chosen;
}
