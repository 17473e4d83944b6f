import type { SplitGroup } from "./search_split.ts";

/** Expected numbers are rounded to this part of a question, so that only whole numbers occur. */
const PARTS = 16;

/**
 * How unlike the whole the sides are. A side of n of all N questions should have n/N of the
 * questions of each stratum (each law, each correct letter). The imbalance is the sum, over sides
 * and strata, of the squared difference between the questions there are and these expected ones,
 * counted in sixteenths of a question.
 */
export class SideBalance {
  /** By side and stratum: 16 × questions there are − 16 × expected, rounded. */
  readonly #excess: number[][];
  readonly #sides: number[];
  #imbalance: number;

  /**
   * @param sides the side of each group; exchanges change it.
   * @param hasRest the last side's balance does not count.
   */
  constructor(
    private readonly groups: readonly SplitGroup[],
    sides: number[],
    sideCount: number,
    hasRest: boolean,
  ) {
    this.#sides = sides;
    const strataCount = groups[0]!.strata.length;
    const sizes = new Array<number>(sideCount).fill(0);
    const counts = sizes.map(() => new Array<number>(strataCount).fill(0));
    const totals = new Array<number>(strataCount).fill(0);
    for (const [index, { size, strata }] of groups.entries()) {
      const side = sides[index]!;
      sizes[side]! += size;
      for (const [stratum, count] of strata.entries()) {
        counts[side]![stratum]! += count;
        totals[stratum]! += count;
      }
    }
    const all = sizes.reduce((sum, size) => sum + size, 0);
    this.#excess = counts.slice(0, hasRest ? -1 : undefined).map((ofSide, side) =>
      ofSide.map((count, stratum) =>
        PARTS * count - Math.round(PARTS * sizes[side]! * totals[stratum]! / all)
      )
    );
    this.#imbalance = this.#excess.flat().reduce((sum, excess) => sum + excess * excess, 0);
  }

  get imbalance(): number {
    return this.#imbalance;
  }

  /** Exchanges a group for others of one other side, unless that makes the imbalance greater. */
  exchange(group: number, partners: readonly number[]): void {
    const from = this.#sides[group]!;
    const to = this.#sides[partners[0]!]!;
    const moved = [...this.groups[group]!.strata];
    for (const partner of partners) {
      for (const [stratum, count] of this.groups[partner]!.strata.entries()) {
        moved[stratum]! -= count;
      }
    }
    const change = this.#change(from, moved, -PARTS) + this.#change(to, moved, PARTS);
    if (change > 0) return;
    this.#imbalance += change;
    this.#move(from, moved, -PARTS);
    this.#move(to, moved, PARTS);
    this.#sides[group] = to;
    for (const partner of partners) this.#sides[partner] = from;
  }

  #change(side: number, moved: readonly number[], factor: number): number {
    const excess = this.#excess[side];
    if (excess === undefined) return 0;
    let change = 0;
    for (let stratum = 0; stratum < moved.length; stratum++) {
      const difference = factor * moved[stratum]!;
      change += difference * (2 * excess[stratum]! + difference);
    }
    return change;
  }

  #move(side: number, moved: readonly number[], factor: number): void {
    const excess = this.#excess[side];
    if (excess === undefined) return;
    for (let stratum = 0; stratum < moved.length; stratum++) {
      excess[stratum]! += factor * moved[stratum]!;
    }
  }
}
