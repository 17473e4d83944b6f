/** A vector's number and how well it fits. */
export interface VectorHit {
  readonly vector: number;
  readonly score: number;
}

/** Keeps the best of many hits, best first; of equal ones those that were offered first. */
export class BestHits {
  readonly #hits: VectorHit[] = [];

  /** @param limit at least 1. */
  constructor(readonly limit: number) {}

  /** A hit must be better than this to be kept. */
  get threshold(): number {
    return this.#hits.length < this.limit ? -Infinity : this.#hits.at(-1)!.score;
  }

  /** Adds a hit if it is among the best. NaN is never. */
  offer(vector: number, score: number): void {
    if (!(score > this.threshold)) return;
    let low = 0;
    let high = this.#hits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#hits[middle]!.score >= score) low = middle + 1;
      else high = middle;
    }
    this.#hits.splice(low, 0, { vector, score });
    if (this.#hits.length > this.limit) this.#hits.pop();
  }

  /** What was kept, best first. */
  list(): VectorHit[] {
    return [...this.#hits];
  }
}
