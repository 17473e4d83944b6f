/** Lets at most so many requests be under way at once, in the order in which they came. */
export class RequestSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count at least 1. */
  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`${count} requests at once are not possible; at least 1 is`);
    }
    this.#free = count;
  }

  /**
   * Waits for a slot.
   * @returns what gives it back; safe to call twice.
   * @throws the signal's reason when it fires first.
   */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else {
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          this.#waiting.splice(this.#waiting.indexOf(go), 1);
          reject(signal!.reason);
        };
        const go = () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        this.#waiting.push(go);
      });
    }
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    };
  }
}
