import { failureReason } from "./failure_reason.ts";
import { PassingError } from "./passing_error.ts";

/** How a request is sent. */
export interface FetchHeadOptions {
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** A server that does not answer for so long counts as gone, in milliseconds. */
  readonly silenceMs: number;
  /** The caller's own wish to stop. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a request; the answer's body is still to come, whatever its status.
 * @throws {PassingError} when nobody answers.
 * @throws the signal's reason when it fires.
 */
export async function fetchHead(
  url: URL,
  init: RequestInit,
  { fetch: send = fetch, silenceMs, signal }: FetchHeadOptions,
): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), silenceMs);
  const signals = [patience.signal, signal, init.signal].filter((one) => one != null);
  try {
    return await send(url, { ...init, signal: AbortSignal.any(signals) });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Deno.errors.NotCapable) throw error;
    const reason = patience.signal.aborted
      ? `no answer for ${silenceMs / 1000} s`
      : failureReason(error as Error);
    throw new PassingError(`Can't reach ${url.host}: ${reason}`);
  } finally {
    clearTimeout(timer);
  }
}
