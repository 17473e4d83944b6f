import type { EmbedRequest } from "ollama";
import { z } from "zod";
import { HttpStatusError } from "../../llm/abortable_fetch.ts";
import { LlmError } from "../../llm/llm.ts";
import { OllamaConnection, type RetryOptions } from "../../llm/ollama_connection.ts";
import type { OllamaHost } from "../../llm/ollama_host.ts";
import { contextLengthOf, sameModel, showSchema, tagsSchema } from "../../llm/ollama_protocol.ts";
import { cutAtSentence } from "./cut_at_sentence.ts";
import type { Embedder, EmbedderIdentity, TextKind } from "./embedder.ts";
import { modelFamily } from "./model_prompts.ts";
import { DEFAULT_MAX_TOKENS } from "./onnx_embedder.ts";
import { withLengthOne } from "./pool_states.ts";

/** Which model of which server. */
export interface OllamaEmbedderOptions {
  readonly host: OllamaHost;
  readonly model: string;
  /** Time limit of one request, in milliseconds. Default 5 minutes. */
  readonly timeoutMs?: number;
  /** Replaces what models of this name get before queries. */
  readonly queryPrefix?: string;
  /** Replaces what models of this name get before passages. */
  readonly passagePrefix?: string;
  /** Longest text in tokens; default 2048, never above the model's own. */
  readonly maxTokens?: number;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
  /** For tests. With it no HTTP client is created. */
  readonly fetch?: typeof fetch;
  readonly retries?: RetryOptions;
}

const METADATA_TIMEOUT_MS = 30_000;
const LOAD_TIMEOUT_MS = 600_000;
const KEEP_ALIVE = "30m";
/** Texts in one request. */
const TEXTS_AT_ONCE = 16;
/** A server that cuts leaves out so many tokens of its window (Ollama 0.17.4). */
const SPARED_TOKENS = 2;
/** Tokens that the server may put around a text. */
const MARK_TOKENS = 8;

const embedSchema = z.object({
  embeddings: z.array(z.array(z.number())),
  prompt_eval_count: z.number().optional(),
});

/** An embedding model of an Ollama server, through `/api/embed`. */
export class OllamaEmbedder implements Embedder {
  #cutTexts = 0;

  private constructor(
    readonly identity: EmbedderIdentity,
    readonly connection: OllamaConnection,
    readonly options: OllamaEmbedderOptions,
  ) {}

  /**
   * Connects, learns which model the server has under that name, and loads it.
   * @throws {LlmError} when the server can't be reached, has no such model, or can't embed with it.
   * @throws {DOMException} `AbortError` when the signal fires.
   */
  static async open(options: OllamaEmbedderOptions): Promise<OllamaEmbedder> {
    const { model, signal, onNote, maxTokens = DEFAULT_MAX_TOKENS } = options;
    const connection = new OllamaConnection({ ...options, concurrency: 1 });
    try {
      const metadata = { signal, timeoutMs: METADATA_TIMEOUT_MS };
      const { value: show } = await connection.call(
        { ...metadata, purpose: "load", tries: 1 },
        async (client) => showSchema.parse(await client.show({ model })),
      );
      const { value: tags } = await connection.call(
        { ...metadata, purpose: "list" },
        async (client) => tagsSchema.parse(await client.list()),
      );
      const digest = tags.models?.find((one) => sameModel(one.name, model))?.digest;
      const family = modelFamily([model]);
      if (family !== undefined && (family.query !== "" || family.passage !== "")) {
        onNote?.(
          `${model}: as for ${family.name} models, ${JSON.stringify(family.query)} is put before ` +
            `queries and ${JSON.stringify(family.passage)} before passages.`,
        );
      }
      const identity = {
        backend: "ollama",
        model,
        digest: digest?.includes(":") ? digest : `sha256:${digest}`,
        dimensions: 0,
        pooling: "server",
        queryPrefix: options.queryPrefix ?? family?.query ?? "",
        passagePrefix: options.passagePrefix ?? family?.passage ?? "",
        maxTokens: Math.min(maxTokens, contextLengthOf(show) ?? Infinity),
      } as const;
      const embedder = new OllamaEmbedder(identity, connection, options);
      const [vector] = await embedder.#request(["a"], signal, true) ?? [];
      if (vector === undefined || vector.length === 0) throw embedder.#unusable("gave no vector");
      // Without it nobody could tell later which model made an index.
      if (digest === undefined) throw embedder.#unusable("does not list the model it has");
      return new OllamaEmbedder({ ...identity, dimensions: vector.length }, connection, options);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get cutTexts(): number {
    return this.#cutTexts;
  }

  async embed(
    texts: readonly string[],
    kind: TextKind,
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const { queryPrefix, passagePrefix } = this.identity;
    const prefix = kind === "query" ? queryPrefix : passagePrefix;
    const found: Float32Array[] = [];
    const short: number[] = [];
    const long: number[] = [];
    for (const [place, text] of texts.entries()) {
      // The server refuses a text without any token.
      if ((prefix + text).trim() === "") found[place] = new Float32Array(this.identity.dimensions);
      else if (this.#surelyFits(prefix + text)) short.push(place);
      else long.push(place);
    }
    for (let first = 0; first < short.length; first += TEXTS_AT_ONCE) {
      const places = short.slice(first, first + TEXTS_AT_ONCE);
      const vectors = await this.#request(places.map((place) => prefix + texts[place]!), signal);
      // Normalisation can make a character longer.
      if (vectors === undefined) long.push(...places);
      else places.forEach((place, at) => found[place] = vectors[at]!);
    }
    for (const place of long) found[place] = await this.#embedLong(prefix, texts[place]!, signal);
    return found;
  }

  /** The model stays loaded on the server, where others may use it. */
  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  /** A token is at least a byte. */
  #surelyFits(input: string): boolean {
    return new TextEncoder().encode(input).length <= this.identity.maxTokens - MARK_TOKENS;
  }

  /** Alone, so that the server's count of tokens is this text's. */
  async #embedLong(prefix: string, text: string, signal?: AbortSignal): Promise<Float32Array> {
    const vectors = new Map<string, Float32Array>();
    const { text: kept, end } = await cutAtSentence(text, async (start) => {
      const [vector] = await this.#request([prefix + start], signal) ?? [];
      if (vector !== undefined) vectors.set(start, vector);
      return vector !== undefined;
    });
    if (end !== "whole") this.#cutTexts++;
    const vector = vectors.get(kept);
    if (vector === undefined) throw this.#unusable("refused even a text of one character");
    return vector;
  }

  /** @returns undefined where a text is longer than the window. */
  async #request(
    input: string[],
    signal?: AbortSignal,
    isFirst = false,
  ): Promise<Float32Array[] | undefined> {
    const { model, maxTokens } = this.identity;
    const request: EmbedRequest = {
      model,
      input,
      // A text longer than the window is refused with 400 instead of being cut silently.
      truncate: false,
      keep_alive: KEEP_ALIVE,
      options: { num_ctx: maxTokens },
    };
    const timeoutMs = isFirst ? LOAD_TIMEOUT_MS : this.options.timeoutMs ?? 300_000;
    const { value: answer } = await this.connection.call(
      { signal, purpose: isFirst ? "load" : "answer", timeoutMs },
      async (client) => {
        try {
          return embedSchema.parse(await client.embed(request));
        } catch (error) {
          if (isTooLong(error)) return undefined;
          throw error;
        }
      },
    );
    if (answer === undefined) return undefined;
    const { embeddings, prompt_eval_count: tokens } = answer;
    if (embeddings.length !== input.length) {
      throw this.#unusable(`gave ${embeddings.length} vectors for ${input.length} texts`);
    }
    const { dimensions } = this.identity;
    const other = embeddings.find(({ length }) => dimensions > 0 && length !== dimensions);
    if (other !== undefined) {
      throw this.#unusable(`gave ${other.length} numbers, and ${dimensions} before`);
    }
    if (input.length === 1 && !this.#surelyFits(input[0]!)) {
      if (tokens === undefined) {
        throw this.#unusable("does not tell how many tokens it read, so it may have cut a text");
      }
      // A server that does not know `truncate` has filled its window and dropped the rest.
      if (tokens >= maxTokens - SPARED_TOKENS) return undefined;
    }
    return embeddings.map((values) => withLengthOne(Float32Array.from(values)));
  }

  #unusable(what: string): LlmError {
    const { host, model } = this.options;
    return new LlmError(
      "server",
      `Ollama at ${host.display} ${what} (model ${model}): take an embedding model, or update ` +
        "the server.",
    );
  }
}

/** In the words of Ollama's versions and of the runner below it. */
function isTooLong(error: unknown): boolean {
  return error instanceof HttpStatusError &&
    /exceeds? (?:the|maximum) (?:available )?context|too large to process/i
      .test(error.serverMessage);
}
