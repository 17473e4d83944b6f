/** A seeded source of whole numbers; the same seed gives the same sequence on every machine. */
export interface SeededRandom {
  /** A whole number from 0 to `bound` − 1; `bound` below 2^32. */
  below(bound: number): number;
  /** A shuffled copy (Fisher and Yates, in Durstenfeld's form). */
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * splitmix32: a counter in steps of 2^32 divided by the golden ratio, each mixed by the finaliser of
 * MurmurHash3 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
 * in 32 bits). Only whole numbers are computed, so that no machine rounds otherwise.
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  // The quotient of two exact whole numbers is rounded the same everywhere (IEEE 754).
  const below = (bound: number) => Math.floor(next() * bound / 2 ** 32);
  return {
    below,
    shuffle(list) {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
  };
}
