import pRetry from "p-retry";
import { pause } from "./file_lock.ts";
import { PassingError } from "./passing_error.ts";

/** How an action is repeated. */
export interface PersistentOptions {
  /** Tries after the first one that bring nothing. Default 5. */
  readonly retries?: number;
  /** Wait before the second try, in milliseconds; it doubles each time. Default one second. */
  readonly retryMs?: number;
  readonly signal?: AbortSignal;
  /** A number that grows when a try brings something: tries are then counted anew. */
  readonly progress?: () => number;
  /** Called before an action is tried again, with the tries that are left. */
  readonly onTrouble?: (trouble: PassingError, triesLeft: number) => void;
  /** What is thrown when the trouble does not pass. */
  readonly giveUp: (trouble: PassingError) => Error;
}

/** Nobody sits through a longer wait; the command can be run again. */
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Repeats an action while it fails with a {@linkcode PassingError}, with growing pauses or those that
 * the error asks for.
 * @throws what `giveUp` makes of trouble that does not pass.
 * @throws the signal's reason when it fires.
 */
export async function persistently<T>(
  action: () => Promise<T>,
  options: PersistentOptions,
): Promise<T> {
  const { retries = 5, retryMs = 1000, signal, progress = () => 0, onTrouble, giveUp } = options;
  for (;;) {
    const start = progress();
    try {
      return await pRetry(action, {
        retries,
        minTimeout: retryMs,
        maxTimeout: 60 * retryMs,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => error instanceof PassingError,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (!(error instanceof PassingError) || retriesLeft <= 0) return;
          const { waitMs = 0 } = error;
          if (waitMs > LONGEST_WAIT_MS) throw error;
          onTrouble?.(error, retriesLeft);
          await pause(waitMs, signal);
        },
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof PassingError)) throw error;
      if (progress() > start) continue;
      throw giveUp(error);
    }
  }
}
