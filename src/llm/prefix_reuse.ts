import type { CausalModel, KeyValueCache } from "./causal_model.ts";

/** Shorter prefixes are not worth the copying, in tokens. */
const LEAST_TOKENS = 16;

/**
 * Prompts of one run begin alike: what they share is computed once. Where the cache lies in this
 * process's memory, the last prompt's is kept and cut to what the next one shares with it. A device's
 * cache can't be cut: there the prefix that two prompts share is computed by itself and kept.
 */
export class PrefixReuse {
  #previous: readonly number[] = [];
  #kept: { readonly ids: readonly number[]; readonly cache: KeyValueCache } | undefined;

  constructor(readonly model: CausalModel) {}

  /** The longest known start of a prompt, at least one token less than all of it. */
  async find(ids: readonly number[]): Promise<KeyValueCache | undefined> {
    return this.model.session.keepsCacheOnDevice
      ? await this.#findOnDevice(ids)
      : this.#findInMemory(ids);
  }

  /** Takes over the cache of a prompt that was read. */
  remember(ids: readonly number[], cache: KeyValueCache): void {
    this.#previous = ids;
    if (this.model.session.keepsCacheOnDevice) this.model.dispose(cache);
    else this.#kept = { ids, cache };
  }

  /** Lets go of everything, e.g. when memory ran out. */
  clear(): void {
    if (this.#kept !== undefined) this.model.dispose(this.#kept.cache);
    this.#kept = undefined;
    this.#previous = [];
  }

  #findInMemory(ids: readonly number[]): KeyValueCache | undefined {
    if (this.#kept === undefined) return undefined;
    const length = commonPrefix(this.#kept.ids, ids, ids.length - 1);
    if (length < LEAST_TOKENS) return undefined;
    return this.model.truncate(this.#kept.cache, length);
  }

  async #findOnDevice(ids: readonly number[]): Promise<KeyValueCache | undefined> {
    const kept = this.#kept;
    if (kept && commonPrefix(kept.ids, ids, ids.length - 1) === kept.ids.length) {
      return kept.cache;
    }
    const length = commonPrefix(this.#previous, ids, ids.length - 1);
    if (length < LEAST_TOKENS) return undefined;
    if (kept) this.model.dispose(kept.cache);
    this.#kept = undefined;
    const prefix = ids.slice(0, length);
    const { cache } = await this.model.forward(prefix);
    this.#kept = { ids: prefix, cache };
    return cache;
  }
}

/** Number of equal tokens at the start of both, at most `limit`. */
function commonPrefix(a: readonly number[], b: readonly number[], limit: number): number {
  const most = Math.min(a.length, b.length, limit);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
