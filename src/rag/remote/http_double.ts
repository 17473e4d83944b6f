/** For tests: what the doubles of search servers share. */

/** What a double answers. */
export interface DoubleAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as a double sees it. */
export interface DoubleRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Trouble for one request, in the place of the real answer; `cut before` breaks the connection before
 * the server does anything, `cut after` after it did; undefined: none.
 */
export type Fault = (
  request: DoubleRequest,
) => DoubleAnswer | "cut before" | "cut after" | Promise<DoubleAnswer> | undefined;

/** A server that can be called without a network, or served for real. */
export class HttpDouble {
  /** Every request so far: `POST /laws/_search`. */
  readonly log: string[] = [];
  /** Looked through in order; the first one that makes trouble is left out from then on. */
  readonly faults: Fault[] = [];
  /** The most requests that were under way at once. */
  mostAtOnce = 0;
  #underWay = 0;

  constructor(readonly answer: (request: DoubleRequest) => DoubleAnswer) {}

  /** Instead of `fetch`. */
  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    init?.signal?.throwIfAborted();
    const response = await this.handle(request);
    init?.signal?.throwIfAborted();
    if (response === "cut") throw new TypeError("connection reset by peer");
    return response;
  };

  /** For `Deno.serve`; a cut connection is a body that breaks off. */
  readonly serve = async (request: Request): Promise<Response> => {
    const response = await this.handle(request);
    if (response !== "cut") return response;
    const body = new ReadableStream({ start: (controller) => controller.error(new Error("cut")) });
    return new Response(body, { headers: { "content-length": "100" } });
  };

  async handle(request: Request): Promise<Response | "cut"> {
    const { pathname, searchParams } = new URL(request.url);
    const seen: DoubleRequest = {
      method: request.method,
      path: pathname,
      query: searchParams,
      headers: request.headers,
      text: await request.text(),
    };
    this.log.push(`${seen.method} ${pathname}`);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    try {
      for (const [at, fault] of this.faults.entries()) {
        const trouble = fault(seen);
        if (trouble === undefined) continue;
        this.faults.splice(at, 1);
        if (trouble === "cut before") return "cut";
        if (trouble !== "cut after") return toResponse(await trouble);
        this.answer(seen);
        return "cut";
      }
      // A turn of the loop, so that requests overlap as they would on a network.
      await new Promise((resolve) => setTimeout(resolve));
      return toResponse(this.answer(seen));
    } finally {
      this.#underWay--;
    }
  }
}

function toResponse({ status = 200, body, headers }: DoubleAnswer): Response {
  return new Response(typeof body === "string" ? body : JSON.stringify(body ?? {}), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** Makes trouble the first time that a request's method and path fit. */
export function once(fits: RegExp, trouble: ReturnType<Fault>): Fault {
  return ({ method, path }) => fits.test(`${method} ${path}`) ? trouble : undefined;
}
