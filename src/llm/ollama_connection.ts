import { Ollama } from "ollama";
import pRetry from "p-retry";
import { z } from "zod";
import { abortableFetch, HttpStatusError, unpooledClient } from "./abortable_fetch.ts";
import { LlmError } from "./llm.ts";
import { type CallPurpose, explainFailure } from "./ollama_error.ts";
import type { OllamaHost } from "./ollama_host.ts";
import { tagsSchema } from "./ollama_protocol.ts";

/** How often and how fast a failed call is made again. */
export interface RetryOptions {
  /** Calls in all. Default 3. */
  readonly tries?: number;
  /** Wait before the second call, in milliseconds; it doubles each time. Default 1000. */
  readonly firstDelayMs?: number;
  /** Multiplies each wait by a random factor from 1 to 2. Default true. */
  readonly jitter?: boolean;
}

/** What {@linkcode OllamaConnection} needs. */
export interface ConnectionOptions {
  readonly host: OllamaHost;
  /** For messages. */
  readonly model: string;
  /** Calls that the caller makes at once; for messages. */
  readonly concurrency: number;
  readonly retries?: RetryOptions;
  /** For tests. With it no HTTP client is created. */
  readonly fetch?: typeof fetch;
}

/** One call: what it is for and what bounds each of its tries. */
export interface CallOptions {
  readonly purpose: CallPurpose;
  /** Time limit of one try, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Instead of the connection's. */
  readonly tries?: number;
  /** The answer is read as it comes; see {@linkcode abortableFetch}. */
  readonly isStreamed?: boolean;
  /** Asked after a failed try: false where what came of it can't be taken back. */
  readonly mayRetry?: () => boolean;
}

/** A call that succeeded; `seconds` is the wall time of its last try. */
export interface CallResult<T> {
  readonly value: T;
  readonly attempts: number;
  readonly seconds: number;
}

/**
 * Calls an Ollama server through the official client, with what the client lacks: a time limit,
 * cancellation, retries with growing waits, and a circuit breaker. After a call failed for good
 * because there was no connection, the next calls try once, until one succeeds: a server that is gone
 * must not cost every question the full wait.
 */
export class OllamaConnection {
  readonly #options: ConnectionOptions;
  readonly #http: Deno.HttpClient | undefined;
  #down = false;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#http = options.fetch ? undefined : unpooledClient(options.host);
  }

  /**
   * @param ask makes one try with the client it is given, and checks the answer.
   * @throws {LlmError} when no try succeeded.
   * @throws {DOMException} `AbortError` as soon as the signal fires.
   */
  async call<T>(options: CallOptions, ask: (client: Ollama) => Promise<T>): Promise<CallResult<T>> {
    const { signal } = options;
    if (this.#closed) throw new LlmError("request", "The Ollama model was already closed.");
    const { retries = {}, fetch: base = fetch, ...context } = this.#options;
    // The client's own abort() ends streams only, so each call gets a client with its own fetch.
    const client = new Ollama({
      host: context.host.baseUrl,
      headers: context.host.headers,
      fetch: abortableFetch(base, this.#http, options),
    });
    let timeouts = 0;
    let retryable = false;
    try {
      const result = await pRetry(async (attempts) => {
        const started = performance.now();
        try {
          const value = await ask(client);
          return { value, attempts, seconds: (performance.now() - started) / 1000 };
        } catch (cause) {
          const failed = explainFailure(this.#understood(cause), { ...context, ...options });
          if (failed.retry === "once") timeouts++;
          retryable = failed.retry === "backoff" || failed.retry === "once" && timeouts === 1;
          throw failed.error;
        }
      }, {
        retries: this.#down ? 0 : (options.tries ?? retries.tries ?? 3) - 1,
        minTimeout: retries.firstDelayMs ?? 1000,
        factor: 2,
        randomize: retries.jitter ?? true,
        signal,
        shouldRetry: () => retryable && (options.mayRetry?.() ?? true),
      });
      this.#down = false;
      return result;
    } catch (error) {
      if (signal?.aborted) throw new DOMException("The call was cancelled.", "AbortError");
      if (error instanceof LlmError && error.kind === "connection") this.#down = true;
      throw await this.#withModels(error, options);
    }
  }

  /** Safe to call twice. Calls under way fail. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#http?.close();
  }

  #understood(cause: unknown): unknown {
    if (!(cause instanceof z.ZodError)) return cause;
    const issue = cause.issues[0];
    return new LlmError(
      "server",
      `Ollama at ${this.#options.host.display} sent an answer of an unknown form ` +
        `(${issue?.path.join(".") || "as a whole"}: ${issue?.message}): this version of the ` +
        "server is not supported.",
      { cause },
    );
  }

  /** Completes the error about a missing model with the models that are there. */
  async #withModels(error: unknown, { signal, timeoutMs, purpose }: CallOptions): Promise<unknown> {
    const cause = error instanceof LlmError ? error.cause : undefined;
    const missing = cause instanceof HttpStatusError && cause.status === 404 &&
      /model/i.test(cause.serverMessage) && purpose !== "list";
    if (!missing) return error;
    let names: string[];
    try {
      const { value } = await this.call(
        { purpose: "list", signal, timeoutMs, tries: 1 },
        async (client) => tagsSchema.parse(await client.list()),
      );
      names = value.models?.map((one) => one.name) ?? [];
    } catch {
      return error;
    }
    const { host, model } = this.#options;
    const there = names.length === 0 ? "it has none yet" : `it has ${names.join(", ")}`;
    return new LlmError(
      "request",
      `Ollama at ${host.display} has no model "${model}" (${there}): get it with ` +
        `\`ollama pull ${model}\`, or choose another.`,
      { cause },
    );
  }
}
