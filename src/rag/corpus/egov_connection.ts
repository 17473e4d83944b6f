import { HOUQA_VERSION } from "../../houqa_version.ts";
import type { ConnectionOptions } from "../../hub/hub_connection.ts";
import { failureReason } from "../../hub/failure_reason.ts";
import { pause } from "../../hub/file_lock.ts";
import { PassingError } from "../../hub/passing_error.ts";
import { persistently } from "../../hub/persistently.ts";
import { retryAfterMs } from "../../hub/retry_after.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import type { EgovEnvironment } from "../../settings/egov_environment.ts";

/** What a connection takes from the world around it. */
export interface EgovConnectionOptions extends ConnectionOptions {
  readonly environment: EgovEnvironment;
  /** Least time between the beginnings of two requests, in milliseconds. Default half a second. */
  readonly intervalMs?: number;
  /** Milliseconds that never run backwards. */
  readonly clock?: () => number;
}

/** The server does not have what was asked for, or does not want to give it. */
export class RefusedError extends Error {
  override name = "RefusedError";
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Requests to e-Gov's law service: one at a time, not too fast, repeated when it asks for that. */
export class EgovConnection {
  readonly environment: EgovEnvironment;
  readonly silenceMs: number;
  readonly #options: EgovConnectionOptions;
  #nextAt = -Infinity;

  constructor(options: EgovConnectionOptions) {
    this.environment = options.environment;
    this.silenceMs = options.silenceMs ?? 60_000;
    this.#options = options;
  }

  /** The caller's own wish to stop. */
  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** Tells the person at the terminal. */
  warn(message: string): void {
    this.#options.onWarning?.(message);
  }

  /**
   * One try of one request; `use` gets the answer and reads its body. A body that falls silent
   * counts as broken off; `use` calls `listen` for each piece.
   * @throws {PassingError} for what may be over a moment later.
   * @throws {RefusedError} for another answer than 2xx.
   */
  async request<T>(
    url: string,
    headers: Readonly<Record<string, string>>,
    use: (response: Response, listen: () => void) => Promise<T>,
  ): Promise<T> {
    const { signal, clock = () => performance.now(), intervalMs = 500 } = this.#options;
    await pause(Math.max(0, this.#nextAt - clock()), signal);
    this.#nextAt = clock() + intervalMs;
    const silence = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), this.silenceMs);
    };
    const { host } = new URL(url);
    let response: Response | undefined;
    try {
      listen();
      response = await (this.#options.fetch ?? fetch)(url, {
        headers: { "user-agent": `houqa/${HOUQA_VERSION}`, ...headers },
        signal: signal === undefined ? silence.signal : AbortSignal.any([silence.signal, signal]),
      });
      if (!response.ok) throw failureOf(response, host);
      return await use(response, listen);
    } catch (error) {
      await response?.body?.cancel().catch(() => {});
      signal?.throwIfAborted();
      if (silence.signal.aborted) {
        throw new PassingError(`${host} sent nothing for ${this.silenceMs / 1000} s`);
      }
      // Deno reports a broken connection as a TypeError.
      if (error instanceof TypeError) {
        throw new PassingError(`The connection to ${host} failed: ${failureReason(error)}`);
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Repeats an action while it fails with passing trouble, with growing pauses or those that the
   * server asks for.
   * @param progress a number that grows when a try brings something: tries are then counted anew.
   * @throws {CannotContinueError} when the trouble does not pass.
   */
  persistently<T>(action: () => Promise<T>, progress?: () => number): Promise<T> {
    const { signal, retries, retryMs } = this.#options;
    return persistently(action, {
      retries,
      retryMs,
      signal,
      progress,
      onTrouble: ({ message, waitMs = 0 }, triesLeft) =>
        this.warn(
          `${message}; trying again` +
            (waitMs > 0 ? ` in ${Math.ceil(waitMs / 1000)} s.` : `, ${triesLeft} times more.`),
        ),
      giveUp: (trouble) =>
        new CannotContinueError(
          `${trouble.message}. Run the command again to go on where it stopped; check the network ` +
            "and the proxy (HTTPS_PROXY), or set HOUQA_EGOV_API_URL and HOUQA_EGOV_BULK_URL to a " +
            "mirror.",
          { cause: trouble },
        ),
    });
  }
}

function failureOf({ status, headers }: Response, host: string): Error {
  const said = `${host} answered ${status}`;
  if (status === 429 || status === 408 || status >= 500) {
    return new PassingError(said, retryAfterMs(headers.get("retry-after")));
  }
  return new RefusedError(status, said);
}
