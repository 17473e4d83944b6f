import type { CausalModel, KeyValueCache } from "./causal_model.ts";

/** Shorter prefixes are not worth the copying, in tokens. */
const LEAST_TOKENS = 16;
/** Prefixes held on a device: what all prompts share, and what those of one question share. */
const MOST_HELD = 2;

interface KnownPrefix {
  readonly ids: readonly number[];
  readonly cache: KeyValueCache;
}

/**
 * Prompts of one run begin alike: what they share is computed once. Where the cache lies in this
 * process's memory, the last prompt's is kept and cut to what the next one shares with it. A device's
 * cache can't be cut: there what a prompt shares with those after it, or where they are not known with
 * the one before it, is computed by itself and kept.
 */
export class PrefixReuse {
  #previous: readonly number[] = [];
  #last: KnownPrefix | undefined;
  /** The one used last at the end. */
  readonly #held: KnownPrefix[] = [];

  constructor(readonly model: CausalModel) {}

  /**
   * The longest known start of a prompt, at least one token less than all of it. It stays known when
   * the reading of the rest is given up.
   * @param next the prompts that will be read after it, as far as they are known.
   * @throws the signal's reason; what is known by then stays known.
   */
  async find(
    ids: readonly number[],
    next: readonly (readonly number[])[] = [],
    signal?: AbortSignal,
  ): Promise<KeyValueCache | undefined> {
    return this.model.session.keepsCacheOnDevice
      ? await this.#findOnDevice(ids, next, signal)
      : this.#findInMemory(ids);
  }

  /** Takes over the cache of a prompt that was read. */
  remember(ids: readonly number[], cache: KeyValueCache): void {
    this.#previous = ids;
    if (this.model.session.keepsCacheOnDevice) this.model.dispose(cache);
    else this.#last = { ids, cache };
  }

  /** Lets go of everything, e.g. when memory ran out. */
  clear(): void {
    for (const { cache } of this.#held.splice(0)) this.model.dispose(cache);
    this.#last = undefined;
    this.#previous = [];
  }

  #findInMemory(ids: readonly number[]): KeyValueCache | undefined {
    const last = this.#last;
    // The prompt's other tokens may be written over the rest of the last one: from here on, and should
    // they never all be read, no more of it is known than what both share.
    this.#last = undefined;
    if (last === undefined) return undefined;
    const length = commonPrefix(last.ids, ids, ids.length - 1);
    if (length < LEAST_TOKENS) return undefined;
    const cache = this.model.truncate(last.cache, length);
    this.#last = { ids: ids.slice(0, length), cache };
    return cache;
  }

  async #findOnDevice(
    ids: readonly number[],
    next: readonly (readonly number[])[],
    signal: AbortSignal | undefined,
  ): Promise<KeyValueCache | undefined> {
    const limit = ids.length - 1;
    let known = this.#longestHeld(ids, limit);
    const withPrevious = commonPrefix(this.#previous, ids, limit);
    const withNext = mostSaving(next.map((other) => commonPrefix(other, ids, limit)));
    const lengths = withNext === 0
      ? [withPrevious]
      // Where nothing is known of a prompt, what all have in common comes first.
      : known === undefined
      ? [Math.min(withPrevious, withNext), withNext]
      : [withNext];
    for (const length of lengths) {
      const start = known?.ids.length ?? 0;
      if (length - start < LEAST_TOKENS) continue;
      const { cache } = await this.model.forward(ids.slice(start, length), known?.cache, signal);
      known = { ids: ids.slice(0, length), cache };
      this.#hold(known);
    }
    return known?.cache;
  }

  #longestHeld(ids: readonly number[], limit: number): KnownPrefix | undefined {
    const [known] = this.#held
      .filter(({ ids: start }) => commonPrefix(start, ids, limit) === start.length)
      .toSorted((x, y) => y.ids.length - x.ids.length);
    if (known !== undefined) this.#held.push(...this.#held.splice(this.#held.indexOf(known), 1));
    return known;
  }

  /** Keeps a prefix; the one that was not used for longest makes way. */
  #hold(prefix: KnownPrefix): void {
    this.#held.push(prefix);
    if (this.#held.length > MOST_HELD) this.model.dispose(this.#held.shift()!.cache);
  }
}

/**
 * Of the lengths that other prompts share with one, that which saves most tokens, where as many of
 * them as share it begin with it; 0 without any.
 */
function mostSaving(lengths: readonly number[]): number {
  const saved = (length: number) => length * lengths.filter((one) => one >= length).length;
  return lengths.reduce((best, length) => saved(length) > saved(best) ? length : best, 0);
}

/** Number of equal tokens at the start of both, at most `limit`. */
function commonPrefix(a: readonly number[], b: readonly number[], limit: number): number {
  const most = Math.min(a.length, b.length, limit);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
