import { HOUQA_VERSION } from "../houqa_version.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { HubEnvironment } from "../settings/hub_environment.ts";
import { failureReason } from "./failure_reason.ts";
import { fetchHead } from "./fetch_head.ts";
import { explainRefusal, type HubRequestSubject } from "./hub_refusal.ts";
import { PassingError } from "./passing_error.ts";
import { persistently } from "./persistently.ts";
import { retryAfterMs } from "./retry_after.ts";

/** What a connection takes from the world around it. */
export interface ConnectionOptions {
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  readonly onWarning?: (message: string) => void;
  /** First waiting time between tries, in milliseconds. Default one second. */
  readonly retryMs?: number;
  /** Tries after the first one that bring nothing. Default 5. */
  readonly retries?: number;
  /** A server that sends nothing for so long counts as gone, in milliseconds. Default one minute. */
  readonly silenceMs?: number;
}

/** The same for a hub. */
export interface HubConnectionOptions extends ConnectionOptions {
  readonly environment: HubEnvironment;
}

const MOST_REDIRECTS = 10;

/** Requests to one hub, with its token, and tries that are worth repeating. */
export class HubConnection {
  readonly environment: HubEnvironment;
  readonly silenceMs: number;
  readonly #options: HubConnectionOptions;
  readonly #token: string | undefined;

  constructor(options: HubConnectionOptions) {
    this.environment = options.environment;
    this.silenceMs = options.silenceMs ?? 60_000;
    this.#options = options;
    this.#token = options.environment.token();
  }

  /** The caller's own wish to stop. */
  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** The hub's host, as people know it. */
  get host(): string {
    return new URL(this.environment.endpoint).host;
  }

  /**
   * One try of one request. The token goes to the hub's own origin and nowhere else, also when the
   * hub redirects.
   * @throws {PassingError} when nobody answers, or the answer asks to come back later.
   * @throws {UsageError} when the hub refuses: name, rights.
   */
  async request(
    url: string | URL,
    init: RequestInit,
    subject: HubRequestSubject,
  ): Promise<Response> {
    const { origin } = new URL(this.environment.endpoint);
    let next = new URL(url);
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const headers = new Headers(init.headers);
      headers.delete("authorization");
      headers.set("user-agent", `houqa/${HOUQA_VERSION}`);
      if (this.#token !== undefined && next.origin === origin) {
        headers.set("authorization", `Bearer ${this.#token}`);
      }
      const response = await fetchHead(next, { ...init, headers, redirect: "manual" }, {
        fetch: this.#options.fetch,
        silenceMs: this.silenceMs,
        signal: this.signal,
      });
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) {
        if (response.ok) return response;
        throw await this.#failureOf(response, next, next.origin === origin, subject);
      }
      await response.body?.cancel();
      next = new URL(location, next);
    }
    throw new CannotContinueError(`${this.host} redirects ${subject.repo} without end.`);
  }

  /**
   * Repeats an action while it fails with passing trouble.
   * @param progress a number that grows when a try brings something: the tries are then counted
   * anew, so that a poor line gets there in the end.
   * @throws {CannotContinueError} when the trouble does not pass.
   */
  persistently<T>(action: () => Promise<T>, progress?: () => number): Promise<T> {
    const { retries, retryMs, signal, onWarning } = this.#options;
    return persistently(() => action().catch(sortOut), {
      retries,
      retryMs,
      signal,
      progress,
      onTrouble({ message, waitMs = 0 }) {
        if (waitMs < 5000) return;
        onWarning?.(`${message}; trying again in ${Math.ceil(waitMs / 1000)} s.`);
      },
      giveUp: (trouble) =>
        new CannotContinueError(
          `${trouble.message}. Run the command again to go on where it stopped; check the network ` +
            "and the proxy (HTTPS_PROXY), or set HF_ENDPOINT to a mirror.",
          { cause: trouble },
        ),
    });
  }

  async #failureOf(
    response: Response,
    url: URL,
    isHub: boolean,
    subject: HubRequestSubject,
  ): Promise<Error> {
    const { status, headers } = response;
    await response.body?.cancel();
    const said = `${url.host} answered ${status}`;
    if (status === 429 || status === 408 || status >= 500) {
      return new PassingError(said, waitingTime(headers));
    }
    // A signed address of a download server grows old; the hub gives a new one.
    if (!isHub) return new PassingError(said);
    return explainRefusal(status, headers, subject, {
      host: url.host,
      endpoint: this.environment.endpoint,
      hasToken: this.#token !== undefined,
    });
  }
}

/** Deno reports a broken connection as a TypeError, which p-retry would take for a bug. */
function sortOut(error: unknown): never {
  if (error instanceof TypeError) throw new PassingError(failureReason(error));
  throw error;
}

/** `Retry-After` (seconds or a date), or the hub's own `RateLimit: "api";r=0;t=120`. */
function waitingTime(headers: Headers): number | undefined {
  const waitMs = retryAfterMs(headers.get("retry-after"));
  if (waitMs !== undefined) return waitMs;
  const seconds = /;\s*t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
