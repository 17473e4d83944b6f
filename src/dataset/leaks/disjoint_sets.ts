/** Places that are put together step by step; each set is known by its first place. */
export class DisjointSets {
  readonly #parents: number[];

  /** @param count of places, each alone at first. */
  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, place) => place);
  }

  /** The first place of the set that a place is in. */
  rootOf(place: number): number {
    const parents = this.#parents;
    while (parents[place] !== place) place = parents[place] = parents[parents[place]!]!;
    return place;
  }

  /** Puts the sets of two places together. */
  join(one: number, other: number): void {
    const [first, second] = [this.rootOf(one), this.rootOf(other)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** Puts together the places that share a key. @param keysOf keys of each place, in order. */
  joinByKeys(keysOf: Iterable<Iterable<string>>): void {
    const owners = new Map<string, number>();
    let place = 0;
    for (const keys of keysOf) {
      for (const key of keys) {
        const owner = owners.get(key);
        if (owner === undefined) owners.set(key, place);
        else this.join(owner, place);
      }
      place++;
    }
  }
}
