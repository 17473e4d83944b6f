import { Fillings } from "./fillings.ts";
import { SideBalance } from "./side_balance.ts";
import { type SeededRandom, seededRandom } from "./seeded_random.ts";

/** Questions that must not be parted, for the search. */
export interface SplitGroup {
  readonly size: number;
  /** How many of its questions are of each stratum. */
  readonly strata: readonly number[];
}

/** What is searched for. */
export interface SplitProblem {
  readonly groups: readonly SplitGroup[];
  /** Wanted size of each side; in all as many as there are questions. */
  readonly sizes: readonly number[];
  /** True for a last side that only takes what is left: neither its size nor its balance counts. */
  readonly hasRest: boolean;
  readonly seed: number;
}

/** The best split found. */
export interface SplitSolution {
  /** The side of each group. */
  readonly sides: readonly number[];
  /** Sum over the sides of |size − wanted size|; 0 where all sizes are met. */
  readonly sizeError: number;
  /** True where no split of these groups has a smaller `sizeError`. */
  readonly isNearest: boolean;
  /** See {@linkcode SideBalance}. */
  readonly imbalance: number;
}

const RESTARTS = 24;
/** Exchanges tried in each restart: some for every group, within bounds. */
const TRIALS_PER_GROUP = 40;
const TRIALS = { least: 2_000, most: 20_000 } as const;
/** Random picks for the groups that one group is exchanged for. */
const PICKS = 16;

/**
 * Looks for a split of whole groups. First come the sizes: of all that whole groups can give, the
 * nearest to the wanted ones is taken (all are tried where that is affordable). Then the balance:
 * from several random splits of these sizes, groups are exchanged for others of the same size
 * together whenever that makes the imbalance no greater. Only whole numbers are compared, and
 * chance comes from the seed, so the same problem has the same solution on every machine.
 */
export function searchSplit(problem: SplitProblem): SplitSolution {
  const random = seededRandom(problem.seed);
  // Large groups first: what is left at the end is small enough to fill any gap.
  const order = problem.groups.map((_, index) => index)
    .sort((x, y) => problem.groups[y]!.size - problem.groups[x]!.size || x - y);
  const groups = order.map((index) => problem.groups[index]!);
  const starts = new Starts(groups, problem);
  let best: SplitSolution | undefined;
  for (let restart = 0; restart < RESTARTS; restart++) {
    const sides = starts.draw(random);
    const sizeError = sizeErrorOf(groups, sides, problem);
    const imbalance = improve(groups, sides, problem, random);
    const isBetter = best === undefined || sizeError < best.sizeError ||
      (sizeError === best.sizeError && imbalance < best.imbalance);
    if (!isBetter) continue;
    const bySide = new Array<number>(order.length);
    for (const [place, index] of order.entries()) bySide[index] = sides[place]!;
    const isNearest = starts.isComplete || sizeError === 0;
    best = { sides: bySide, sizeError, isNearest, imbalance };
  }
  return best!;
}

function sizeErrorOf(
  groups: readonly SplitGroup[],
  sides: readonly number[],
  { sizes, hasRest }: SplitProblem,
): number {
  const left = [...sizes];
  for (const [index, side] of sides.entries()) left[side] = left[side]! - groups[index]!.size;
  if (hasRest) left.pop();
  return left.reduce((sum, missing) => sum + Math.abs(missing), 0);
}

/** Random splits with the wanted sizes, or the nearest to them. */
class Starts {
  /** True where all groups are in the table, so that nothing nearer can be missed. */
  readonly isComplete: boolean;
  readonly #head: readonly SplitGroup[];
  readonly #fillings: Fillings;
  readonly #attainable: readonly (readonly number[])[];

  constructor(groups: readonly SplitGroup[], private readonly problem: SplitProblem) {
    const { sizes } = problem;
    const largest = groups[0]!.size;
    let [head, fillings] = [0, undefined as Fillings | undefined];
    for (;; head += Math.ceil((groups.length - head) / 8)) {
      const tail = groups.slice(head).map(({ size }) => size);
      const total = tail.reduce((sum, size) => sum + size, 0);
      // Beyond the wanted size by more than a group is never nearest: that group fits elsewhere.
      const caps = sizes.slice(0, -1).map((size) => Math.min(total, size + largest));
      fillings = Fillings.of(tail, caps);
      if (fillings !== undefined) break;
    }
    this.#fillings = fillings;
    this.#head = groups.slice(0, head);
    this.isComplete = head === 0;
    this.#attainable = [...fillings.attainable()];
  }

  draw(random: SeededRandom): number[] {
    const left = [...this.problem.sizes];
    const sides = this.#head.map(({ size }) => {
      const fitting = left.map((room) => room >= size ? room : 0);
      const total = fitting.reduce((sum, room) => sum + room, 0);
      let drawn = total === 0 ? 0 : random.below(total);
      const side = total === 0
        ? left.indexOf(Math.max(...left))
        : fitting.findIndex((room) => (drawn -= room) < 0);
      left[side] = left[side]! - size;
      return side;
    });
    const wanted = this.#nearest(left);
    return [...sides, ...this.#fillings.draw(wanted, Math.max(0, left.at(-1)!), random)];
  }

  /** The attainable sizes nearest to these: in all, then for the last side asked for, then dev. */
  #nearest(wanted: readonly number[]): readonly number[] {
    const total = wanted.reduce((sum, size) => sum + size, 0);
    let best: readonly number[] | undefined;
    let bestErrors: readonly number[] = [];
    for (const sizes of this.#attainable) {
      const errors = sizes.map((size, side) => Math.abs(size - wanted[side]!));
      if (!this.problem.hasRest) {
        const last = total - sizes.reduce((sum, size) => sum + size, 0);
        errors.push(Math.abs(last - wanted.at(-1)!));
      }
      errors.push(errors.reduce((sum, error) => sum + error, 0));
      errors.reverse();
      if (best === undefined || isLess(errors, bestErrors)) [best, bestErrors] = [sizes, errors];
    }
    return best!;
  }
}

function isLess(one: readonly number[], other: readonly number[]): boolean {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place >= 0 && one[place]! < other[place]!;
}

/** Exchanges groups between the sides as long as that helps; changes `sides`. */
function improve(
  groups: readonly SplitGroup[],
  sides: number[],
  { sizes, hasRest }: SplitProblem,
  random: SeededRandom,
): number {
  const balance = new SideBalance(groups, sides, sizes.length, hasRest);
  const trials = Math.min(TRIALS.most, Math.max(TRIALS.least, TRIALS_PER_GROUP * groups.length));
  for (let trial = 0; trial < trials; trial++) {
    const group = random.below(groups.length);
    const other = random.below(sizes.length);
    if (other === sides[group]) continue;
    const partners = pickPartners(groups, sides, { size: groups[group]!.size, other }, random);
    if (partners !== undefined) balance.exchange(group, partners);
  }
  return balance.imbalance;
}

/** Groups of another side that are as large as one group together; undefined where none came up. */
function pickPartners(
  groups: readonly SplitGroup[],
  sides: readonly number[],
  { size, other }: { size: number; other: number },
  random: SeededRandom,
): number[] | undefined {
  const picked = new Set<number>();
  let left = size;
  for (let pick = 0; pick < PICKS && left > 0; pick++) {
    const candidate = random.below(groups.length);
    const fits = sides[candidate] === other && groups[candidate]!.size <= left;
    if (!fits || picked.has(candidate)) continue;
    picked.add(candidate);
    left -= groups[candidate]!.size;
  }
  return left === 0 ? [...picked] : undefined;
}
