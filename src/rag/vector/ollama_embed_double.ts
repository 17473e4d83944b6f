/** For tests: the part of an Ollama server that embeds texts, without a model. */
import { pause } from "../../hub/file_lock.ts";
import { OllamaDoubleAnswers } from "../../llm/ollama_double_answers.ts";
import { seededRandom } from "../../../tasks/demo/random.ts";

/** Length of the double's vectors. */
export const OLLAMA_DIMENSIONS = 12;

/** The fields of an embed request that the double looks at. */
export interface EmbedDoubleRequest {
  readonly model: string;
  readonly input: readonly string[];
  readonly truncate?: boolean;
  readonly options?: { readonly num_ctx?: number };
}

/** How the double behaves. */
export interface EmbedDoubleOptions {
  /** Default `bge-m3:latest`. */
  readonly model?: string;
  /** Longest text of the model, in tokens: one a character. Default 100. */
  readonly contextLength?: number;
  /** True: cuts texts silently, as a server does that does not know `truncate`. */
  readonly ignoresTruncate?: boolean;
  /** Time that every embedding takes, in milliseconds. */
  readonly delayMs?: number;
  readonly gate?: EmbedGate;
  /** Changes or replaces an answer. */
  readonly change?: (
    answer: Record<string, unknown>,
    request: EmbedDoubleRequest,
  ) => Record<string, unknown> | Response;
}

/** Lets a server answer for so many texts and then keeps it waiting, so that a test can end its client. */
export class EmbedGate {
  #left = Infinity;
  #round = 0;
  /** The last round in which a request had to wait. */
  #shutRound = -1;

  /** Lets so many texts more through; requests that still wait are dropped. */
  open(texts: number): void {
    this.#left = texts;
    this.#round++;
  }

  /** Waits until a request waits here: its client has done with what was answered before. */
  async untilShut(isOver: () => boolean): Promise<void> {
    while (this.#shutRound !== this.#round && !isOver()) await pause(5);
  }

  /** @returns false for a request that is dropped. */
  async pass(texts: number): Promise<boolean> {
    const round = this.#round;
    while (this.#left < texts) {
      this.#shutRound = round;
      await pause(5);
      if (this.#round !== round) return false;
    }
    this.#left -= texts;
    return true;
  }
}

/** A running double. */
export interface EmbedDouble extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Bodies of the embed requests, in the order in which they came. */
  readonly requests: readonly EmbedDoubleRequest[];
}

/** Starts a server on 127.0.0.1 that embeds as Ollama 0.17.4 was seen to. */
export function startEmbedDouble(options: EmbedDoubleOptions = {}): EmbedDouble {
  const { model = "bge-m3:latest", contextLength = 100 } = options;
  const answers = new OllamaDoubleAnswers({ models: [{ name: model, contextLength }] });
  const requests: EmbedDoubleRequest[] = [];
  const embed = (request: EmbedDoubleRequest): Response => {
    requests.push(request);
    const window = Math.min(request.options?.num_ctx ?? 4096, contextLength);
    const lengths = request.input.map((text) => [...text].length);
    if (lengths.includes(0)) {
      return refusal(500, "Failed to create new sequence: no input provided");
    }
    const isCut = options.ignoresTruncate || request.truncate !== false;
    if (!isCut && lengths.some((length) => length > window)) {
      return refusal(400, "the input length exceeds the context length");
    }
    // The real one leaves room for two marks when it cuts.
    const read = lengths.map((length) => length > window ? window - 2 : length);
    const answer = {
      model: request.model,
      embeddings: request.input.map((
        text,
        at,
      ) => [...doubleVector([...text].slice(0, read[at]).join(""))]),
      total_duration: 1_000_000,
      load_duration: 1_000_000,
      prompt_eval_count: read.reduce((sum, count) => sum + count, 0),
    };
    const changed = options.change?.(answer, request) ?? answer;
    return changed instanceof Response ? changed : Response.json(changed);
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const body = request.method === "POST" ? await request.json() : undefined;
      if (pathname === "/api/embed") {
        if (options.delayMs !== undefined) await pause(options.delayMs);
        if (await options.gate?.pass(body.input.length) === false) {
          return refusal(503, "the server is shutting down");
        }
        return embed(body);
      }
      const { status, json } = answers.metadata(request.method, pathname, body);
      return Response.json(json, { status });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => {
      options.gate?.open(Infinity);
      return server.shutdown();
    },
  };
}

/** The vector of a text; not of length 1. */
export function doubleVector(text: string): Float32Array {
  const seed = [...text].reduce((sum, one) => (sum * 31 + one.codePointAt(0)!) >>> 0, 7);
  const random = seededRandom(seed);
  return Float32Array.from({ length: OLLAMA_DIMENSIONS }, () => random.next() - 0.5);
}

function refusal(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
