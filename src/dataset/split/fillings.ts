import type { SeededRandom } from "./seeded_random.ts";

/** Cells of the table of what can be filled: a bit each, and about a second in all. */
const MOST_CELLS = 50e6;

/**
 * Which sizes of the sides whole groups can give (subset sums, by dynamic programming). Every side
 * but the last has a size of its own; the last takes all other groups.
 */
export class Fillings {
  readonly #sizes: readonly number[];
  readonly #caps: readonly number[];
  readonly #states: number;
  /** Bit `group · states + state`: that group and all behind it can fill exactly that state. */
  readonly #bits: Uint8Array;

  /**
   * @param sizes of the groups.
   * @param caps most that is asked of each side but the last.
   */
  private constructor(sizes: readonly number[], caps: readonly number[]) {
    this.#sizes = sizes;
    this.#caps = caps;
    this.#states = caps.reduce((product, cap) => product * (cap + 1), 1);
    this.#bits = new Uint8Array(Math.ceil((sizes.length + 1) * this.#states / 8));
    this.#set(sizes.length, 0);
    const left = caps.map(() => 0);
    for (let group = sizes.length - 1; group >= 0; group--) {
      left.fill(0);
      for (let state = 0; state < this.#states; state++) {
        if (this.#canFill(group, state, left)) this.#set(group, state);
        // The next state: the last side's size counts fastest.
        for (let side = caps.length - 1; side >= 0; side--) {
          if (++left[side]! <= caps[side]!) break;
          left[side] = 0;
        }
      }
    }
  }

  /** Undefined where the table would be too large. */
  static of(sizes: readonly number[], caps: readonly number[]): Fillings | undefined {
    const states = caps.reduce((product, cap) => product * (cap + 1), 1);
    return (sizes.length + 1) * states > MOST_CELLS ? undefined : new Fillings(sizes, caps);
  }

  /** The sizes that can be given to the sides but the last, in ascending order. */
  *attainable(): Generator<readonly number[]> {
    for (let state = 0; state < this.#states; state++) {
      if (this.#has(0, state)) yield this.#leftOf(state);
    }
  }

  /**
   * Gives each group a side at random, so that the sides but the last get exactly these sizes.
   * @param wanted one of {@linkcode attainable}.
   * @param lastSize what is left for the last side; only for how likely a group goes there.
   */
  draw(wanted: readonly number[], lastSize: number, random: SeededRandom): number[] {
    const left = [...wanted, lastSize];
    return this.#sizes.map((size, group) => {
      const sides = this.#sidesFor(group, left);
      const weights = sides.map((side) => Math.max(1, left[side]!));
      let drawn = random.below(weights.reduce((sum, weight) => sum + weight, 0));
      const side = sides[weights.findIndex((weight) => (drawn -= weight) < 0)]!;
      left[side] = left[side]! - size;
      return side;
    });
  }

  #canFill(group: number, state: number, left: readonly number[]): boolean {
    if (this.#has(group + 1, state)) return true;
    const size = this.#sizes[group]!;
    for (let side = 0, step = this.#states; side < left.length; side++) {
      step /= this.#caps[side]! + 1;
      if (left[side]! >= size && this.#has(group + 1, state - size * step)) return true;
    }
    return false;
  }

  /** The sides that a group may go to when this much is still to be filled. */
  #sidesFor(group: number, left: readonly number[]): number[] {
    const size = this.#sizes[group]!;
    const sides: number[] = [];
    const state = this.#stateOf(left);
    let step = this.#states;
    for (const [side, cap] of this.#caps.entries()) {
      step /= cap + 1;
      if (left[side]! >= size && this.#has(group + 1, state - size * step)) sides.push(side);
    }
    if (this.#has(group + 1, state)) sides.push(this.#caps.length);
    return sides;
  }

  #stateOf(left: readonly number[]): number {
    return this.#caps.reduce((state, cap, side) => state * (cap + 1) + left[side]!, 0);
  }

  #leftOf(state: number): number[] {
    const left: number[] = [];
    for (const cap of [...this.#caps].reverse()) {
      left.unshift(state % (cap + 1));
      state = Math.floor(state / (cap + 1));
    }
    return left;
  }

  #set(group: number, state: number): void {
    const bit = group * this.#states + state;
    this.#bits[bit >> 3]! |= 1 << (bit & 7);
  }

  #has(group: number, state: number): boolean {
    const bit = group * this.#states + state;
    return (this.#bits[bit >> 3]! >> (bit & 7) & 1) === 1;
  }
}
