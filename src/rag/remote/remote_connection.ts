import { HOUQA_VERSION } from "../../houqa_version.ts";
import { failureReason } from "../../hub/failure_reason.ts";
import { PassingError } from "../../hub/passing_error.ts";
import { persistently } from "../../hub/persistently.ts";
import { retryAfterMs } from "../../hub/retry_after.ts";
import { unpooledClient } from "../../llm/abortable_fetch.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { credentialVariables, PRODUCT_NAMES, type RemoteAddress } from "./remote_address.ts";
import type { Credentials } from "./remote_credentials.ts";
import { parseAnswer, serverMessage } from "./read_answer.ts";
import { RequestSlots } from "./request_slots.ts";

/** What a connection takes from the world around it. */
export interface RemoteConnectionOptions {
  readonly address: RemoteAddress;
  readonly credentials: Credentials;
  /** For tests. With it no HTTP client is created. */
  readonly fetch?: typeof fetch;
  /** Time limit of one try until the whole answer is there, in milliseconds. Default one minute. */
  readonly timeoutMs?: number;
  /** Tries after the first one that bring nothing. Default 5. */
  readonly retries?: number;
  /** Wait before the second try, in milliseconds; it doubles each time. Default one second. */
  readonly retryMs?: number;
  /** Requests under way at once. Default 4. */
  readonly maxInFlight?: number;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
}

/** One request. */
export interface RemoteRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Behind the base address, with its slash. */
  readonly path: string;
  /** Sent as JSON; a text as NDJSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** The server understood the request and does not want it: another try would not help. */
export class RemoteRefusal extends CannotContinueError {
  override name = "RemoteRefusal";
  constructor(
    readonly status: number,
    /** What the server says, shortened. */
    readonly serverMessage: string,
    message: string,
  ) {
    super(message);
  }
}

/** The server is busy, or something before it can't reach it just now. */
const PASSING_STATUSES = [408, 429, 502, 503, 504];

/** Requests to one search server: bounded in time and number, repeated while it is only busy. */
export class RemoteConnection {
  readonly address: RemoteAddress;
  readonly maxInFlight: number;
  readonly #options: RemoteConnectionOptions;
  readonly #slots: RequestSlots;
  readonly #http: Deno.HttpClient | undefined;
  #isClosed = false;

  constructor(options: RemoteConnectionOptions) {
    this.address = options.address;
    this.maxInFlight = options.maxInFlight ?? 4;
    this.#options = options;
    this.#slots = new RequestSlots(this.maxInFlight);
    // Deno would send requests for this machine itself to the proxy.
    this.#http = options.fetch === undefined && this.address.isLoopback
      ? unpooledClient({ baseUrl: this.address.baseUrl, loopback: true })
      : undefined;
    const { isLoopback, baseUrl } = this.address;
    const isBare = baseUrl.startsWith("http:") && !isLoopback;
    if (isBare && Object.keys(options.credentials()).length > 0) {
      options.onNote?.(`${baseUrl} is not encrypted: the password can be read on the way.`);
    }
  }

  /** `OpenSearch at https://host:9200`, for messages. */
  get server(): string {
    return `${PRODUCT_NAMES[this.address.product]} at ${this.address.baseUrl}`;
  }

  /** Tells the person at the terminal. */
  note(note: string): void {
    this.#options.onNote?.(note);
  }

  /**
   * One request, repeated while the trouble is a passing one.
   * @returns the JSON of the answer.
   * @throws {RemoteRefusal} for another answer than 2xx that no error below stands for.
   * @throws {UsageError} for missing rights or a certificate that is not trusted.
   * @throws {CannotContinueError} when the server can't be reached.
   * @throws {DOMException} `AbortError` when the signal fires.
   */
  call(request: RemoteRequest): Promise<unknown> {
    return this.persistently(() => this.request(request), request.signal);
  }

  /**
   * As {@linkcode call}, but one try.
   * @throws {PassingError} for what may be over a moment later.
   */
  async request(request: RemoteRequest): Promise<unknown> {
    if (this.#isClosed) throw new Error(`The connection to ${this.server} was closed.`);
    const { signal } = request;
    signal?.throwIfAborted();
    const release = await this.#slots.take(signal);
    try {
      return await this.#send(request);
    } finally {
      release();
    }
  }

  async #send({ method, path, body, signal }: RemoteRequest): Promise<unknown> {
    const { timeoutMs = 60_000, credentials } = this.#options;
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await (this.#options.fetch ?? fetch)(this.address.baseUrl + path, {
        method,
        headers: {
          "user-agent": `houqa/${HOUQA_VERSION}`,
          accept: "application/json",
          ...(body === undefined ? {} : {
            "content-type": typeof body === "string" ? "application/x-ndjson" : "application/json",
          }),
          ...credentials(),
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        // A redirected request would take the credentials to somewhere else.
        redirect: "manual",
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
        ...(this.#http === undefined ? {} : { client: this.#http }),
      });
      const text = await response.text();
      if (!response.ok) throw this.#failureOf(response, text, `${method} ${path}`);
      return parseAnswer(text, this.server);
    } catch (error) {
      signal?.throwIfAborted();
      if (limit.aborted) {
        throw new PassingError(`${this.server} gave no answer in ${timeoutMs / 1000} s`);
      }
      // Deno reports a broken connection as a TypeError.
      if (error instanceof TypeError) throw this.#connectionFailure(error);
      throw error;
    }
  }

  /**
   * Repeats an action while it fails with passing trouble, with growing pauses or those that the
   * server asks for.
   * @param progress a number that grows when a try brings something: tries are then counted anew.
   * @throws {CannotContinueError} when the trouble does not pass.
   */
  persistently<T>(
    action: () => Promise<T>,
    signal?: AbortSignal,
    progress?: () => number,
  ): Promise<T> {
    const { retries, retryMs } = this.#options;
    return persistently(action, {
      retries,
      retryMs,
      signal,
      progress,
      onTrouble: ({ message, waitMs = 0 }, triesLeft) => {
        const isFirst = triesLeft === (retries ?? 5);
        if (waitMs > 0) this.note(`${message}; trying again in ${Math.ceil(waitMs / 1000)} s.`);
        // Once is enough: several requests are under way.
        else if (isFirst) this.note(`${message}; trying again, ${triesLeft} times more.`);
      },
      giveUp: (trouble) =>
        new CannotContinueError(
          `${trouble.message}. Check that it runs and that the address ${this.address.display} is ` +
            "right, then run the command again: what the server has is not sent again.",
          { cause: trouble },
        ),
    });
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#http?.close();
  }

  #failureOf({ status, headers }: Response, text: string, what: string): Error {
    const said = serverMessage(text);
    if (PASSING_STATUSES.includes(status)) {
      const waitMs = retryAfterMs(headers.get("retry-after"));
      return new PassingError(`${this.server} answered ${status} to ${what}: ${said}`, waitMs);
    }
    const variables = credentialVariables(this.address.product);
    if (status === 401) {
      return new UsageError(`${this.server} wants to know who asks (401). Set ${variables}.`);
    }
    if (status === 403) {
      return new UsageError(
        `${this.server} does not allow this user ${what} (403: ${said}). Set ${variables} to a ` +
          "user who may, or give this one the right.",
      );
    }
    return new RemoteRefusal(status, said, `${this.server} refused ${what} (${status}): ${said}`);
  }

  #connectionFailure(error: TypeError): Error {
    const reason = failureReason(error);
    if (/certificate|UnknownIssuer/i.test(reason)) {
      return new UsageError(
        `${this.server} shows a certificate that is not trusted (${reason}). Set DENO_CERT to the ` +
          "file of the authority that signed it (PEM).",
        { cause: error },
      );
    }
    return new PassingError(`${this.server} can't be reached: ${reason}`);
  }
}
