/** An HTTP answer with an error status. */
export class HttpStatusError extends Error {
  override name = "HttpStatusError";
  /** @param serverMessage the `error` field of a JSON body, else the start of the body. */
  constructor(readonly status: number, readonly serverMessage: string) {
    super(`HTTP ${status}: ${serverMessage}`);
  }
}

/** What bounds one request. */
export interface RequestLimits {
  /** Time until the whole body must be there, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** The body is given as it comes, in lines of JSON; the limits hold until its end. */
  readonly isStreamed?: boolean;
}

/** The longest delay `setTimeout` can hold, in milliseconds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A `fetch` that is bounded by a time limit and a caller's signal until the body has been read, for
 * client libraries which take a `fetch` and no signal.
 *
 * It reads the body itself, so a connection that breaks off, a time limit and a cancellation all
 * show up as a rejection of this call, and gives the library a response that is already in memory.
 * With `isStreamed` they show up while the body is read; who has read enough aborts `init.signal`.
 * An error status is thrown here, because the Ollama client prints to standard output when an error
 * body is not JSON.
 * @throws {HttpStatusError} for a status outside 200–299.
 * @throws {DOMException} `TimeoutError` when the time limit passed; the signal's reason when it fired.
 */
export function abortableFetch(
  base: typeof fetch,
  client: Deno.HttpClient | undefined,
  limits: RequestLimits,
): typeof fetch {
  return async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    limits.signal?.throwIfAborted();
    const controller = new AbortController();
    const onAbort = () => controller.abort(limits.signal?.reason);
    limits.signal?.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(
      () => controller.abort(new DOMException("The time limit passed.", "TimeoutError")),
      Math.min(limits.timeoutMs, LONGEST_TIMER_MS),
    );
    let isHandedOver = false;
    const release = () => {
      clearTimeout(timer);
      limits.signal?.removeEventListener("abort", onAbort);
    };
    try {
      const response = await base(input, { ...init, client, signal: controller.signal });
      if (limits.isStreamed && response.ok && response.body !== null) {
        await refuseOtherThanLines(response);
        isHandedOver = true;
        init?.signal?.addEventListener("abort", () => controller.abort(init.signal?.reason));
        return new Response(limitedBody(response.body, controller.signal, release), response);
      }
      const body = await response.text();
      if (!response.ok) throw new HttpStatusError(response.status, errorText(body));
      return new Response(body, { status: response.status, headers: response.headers });
    } catch (error) {
      // Deno words an abort differently before and after the headers: the reason is the same fact.
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      if (!isHandedOver) release();
    }
  };
}

/** A proxy's page must not be read as an answer. */
async function refuseOtherThanLines(response: Response): Promise<void> {
  const type = response.headers.get("content-type") ?? "no content type";
  if (type.includes("ndjson")) return;
  await response.body?.cancel();
  throw new SyntaxError(`${type} instead of lines of JSON`);
}

/** A body that fails with the signal's reason, and calls `onEnd` once nothing more is read of it. */
function limitedBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  onEnd: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  signal.addEventListener("abort", onEnd, { once: true });
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        onEnd();
        controller.close();
      } catch (error) {
        onEnd();
        throw signal.aborted ? signal.reason : error;
      }
    },
    async cancel(reason) {
      onEnd();
      await reader.cancel(reason);
    },
  });
}

function errorText(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "error" in parsed) {
      return String(parsed.error);
    }
  } catch {
    // Not JSON: a proxy's page, or the router's plain "404 page not found".
  }
  return body.trim().slice(0, 200) || "empty body";
}

/**
 * An HTTP client that never takes a connection from the pool, or undefined where nothing is to be
 * created.
 *
 * With the pool, Deno's `fetch` silently sends a POST a second time when a pooled connection closes
 * before the headers came: a generation would run twice and a count of attempts would be wrong
 * (seen with Deno 2.9.6: three requests for two calls, and two with the pool off). A new connection
 * costs about 0.2 ms on one machine. No permission is needed to create it.
 *
 * Deno sends requests for this machine itself to `HTTP_PROXY` too (Go programs, such as Ollama's own
 * client, never do), so for plain HTTP on a loopback address the connection is pinned. Requests then
 * name the whole URL in their first line, which every HTTP/1.1 server takes (RFC 9112, 3.2.2).
 */
export function unpooledClient(address: { baseUrl: string; loopback: boolean }): Deno.HttpClient {
  const url = new URL(address.baseUrl);
  if (address.loopback && url.protocol === "http:") {
    try {
      return Deno.createHttpClient({
        poolMaxIdlePerHost: 0,
        proxy: {
          transport: "tcp",
          hostname: url.hostname,
          port: Number(url.port || 80),
        },
      });
    } catch {
      // Deno 2.4 does not know this transport (NO_PROXY serves there), or the address is not
      // permitted, which the first request will say.
    }
  }
  return Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
}
