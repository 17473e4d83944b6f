import { isLetter, type Letter, LETTERS } from "../dataset/question.ts";

/** The fields of a chat request that the double looks at. */
export interface DoubleChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly think?: boolean;
  readonly stream?: boolean;
  readonly truncate?: boolean;
  readonly shift?: boolean;
  readonly format?: unknown;
  readonly logprobs?: boolean;
  readonly top_logprobs?: number;
  readonly options?: {
    readonly num_ctx?: number;
    readonly num_predict?: number;
    readonly temperature?: number;
    readonly seed?: number;
  };
}

/** What the double's model says. With a `format` the text is wrapped as the schema asks. */
export interface DoubleReply {
  readonly text: string;
  readonly thinking?: string;
  /** Probabilities of the letters where a letter is generated; default 0.7 and 0.1 each. */
  readonly letterProbabilities?: Readonly<Partial<Record<Letter, number>>>;
}

/** A model of the double. */
export interface DoubleModel {
  readonly name: string;
  /** Tokens. */
  readonly contextLength: number;
  /** True: `think: true` is accepted. */
  readonly thinking?: boolean;
  /** Bytes of the loaded model in GPU memory, of {@linkcode LOADED_SIZE_BYTES}. Default 0: CPU. */
  readonly sizeVramBytes?: number;
}

/** Size that the double reports for every loaded model, in bytes. */
export const LOADED_SIZE_BYTES = 1_000_000_000;

/** What the double's models are and say. */
export interface DoubleAnswerOptions {
  /** Default: one model "double:latest" with 8192 tokens. */
  readonly models?: readonly DoubleModel[];
  /** Deterministic function of the request. Default: a letter that depends on the messages' text. */
  readonly reply?: (request: DoubleChatRequest) => string | DoubleReply;
  /** Default 0.25, as Qwen's tokenizer makes of Japanese. */
  readonly tokensPerByte?: number;
  /** True: cuts prompts silently, as servers do that do not know `truncate: false`. */
  readonly ignoresTruncate?: boolean;
  /** True: as servers do that do not know `logprobs`. */
  readonly ignoresLogprobs?: boolean;
  /** True: `prompt_eval_count` is left out, as it is when it is zero. */
  readonly omitsPromptEvalCount?: boolean;
}

const NOW = "2026-01-01T00:00:00.000000000Z";
/** Tokens that the template adds to a message. */
const TEMPLATE_TOKENS = 5;
/** Ollama's default window where the request names none, in tokens. */
const DEFAULT_NUM_CTX = 4096;
const REPETITIONS = 31;

/** One HTTP answer. */
export interface DoubleAnswer {
  readonly status: number;
  /** A string is sent as it is. */
  readonly json: unknown;
}

/** The bodies of the answers, field by field as the real server's. */
export class OllamaDoubleAnswers {
  readonly #models: readonly DoubleModel[];
  /** Window with which a model is loaded, by the model's name. */
  readonly #loaded = new Map<string, number>();

  constructor(readonly options: DoubleAnswerOptions) {
    this.#models = options.models ?? [{ name: "double:latest", contextLength: 8192 }];
  }

  /** Answers everything but chats. */
  metadata(method: string, path: string, body: unknown): DoubleAnswer {
    switch (`${method} ${path}`) {
      case "GET /api/version":
        return ok({ version: "0.17.4" });
      case "GET /api/tags":
        return ok({ models: this.#models.map((model) => this.#listed(model, 500_000_000)) });
      case "GET /api/ps":
        return ok({ models: this.#models.flatMap((model) => this.#running(model)) });
      case "POST /api/show":
        return this.#withModel(body, (model) => ok(this.#shown(model)));
      case "POST /api/generate":
        return this.#withModel(body, (model, name) => {
          this.#load(model, (body as DoubleChatRequest).options?.num_ctx);
          return ok({
            model: name,
            created_at: NOW,
            response: "",
            done: true,
            done_reason: "load",
          });
        });
    }
    return { status: 404, json: "404 page not found" };
  }

  /** @param fault "repetition" and "not_done" change the answer. */
  chat(request: DoubleChatRequest, fault: string | undefined): DoubleAnswer {
    return this.#withModel(request, (model, name) => {
      if ((request.top_logprobs ?? 0) > 20) {
        return failed(400, "top_logprobs must be between 0 and 20");
      }
      if (request.think && !model.thinking) {
        return failed(400, `${JSON.stringify(name)} does not support thinking`);
      }
      const window = this.#load(model, request.options?.num_ctx);
      const promptTokens = this.#promptTokens(request, window);
      if (promptTokens === undefined) {
        return failed(400, "the input length exceeds the context length");
      }
      return ok(this.#answer(request, promptTokens, window, fault));
    });
  }

  #answer(
    request: DoubleChatRequest,
    promptTokens: number,
    window: number,
    fault: string | undefined,
  ): Record<string, unknown> {
    const said = this.options.reply?.(request) ?? defaultReply(request);
    const reply: DoubleReply = typeof said === "string" ? { text: said } : said;
    const start = { model: request.model, created_at: NOW };
    if (fault === "repetition") {
      const pieces = Array.from({ length: REPETITIONS }, () => " ｂ");
      const message = { role: "assistant", content: pieces.join("") };
      return { ...start, message, done: false, ...this.#logprobs(pieces, request, reply) };
    }
    const thinking = request.think ? reply.thinking ?? "" : "";
    const thoughts = thinking === "" ? [] : [...tokens(thinking), "</think>"];
    const whole = [...thoughts, ...tokens(formatted(reply.text, request.format))];
    const predict = request.options?.num_predict ?? -1;
    const limit = Math.min(
      predict >= 1 ? predict : Infinity,
      request.shift === false ? Math.max(window - promptTokens, 0) : Infinity,
    );
    const generated = whole.slice(0, limit);
    const cut = generated.length === limit;
    const content = generated.slice(thoughts.length).join("");
    const message = { role: "assistant", content, ...(thinking === "" ? {} : { thinking }) };
    // The end-of-sequence token counts too.
    const evalCount = generated.length + (cut ? 0 : 1);
    if (fault === "not_done") return { ...start, message, done: false };
    return {
      ...start,
      message,
      done: true,
      done_reason: cut ? "length" : "stop",
      ...this.#logprobs(generated, request, reply),
      total_duration: 3_000_000,
      load_duration: 1_000_000,
      ...(this.options.omitsPromptEvalCount ? {} : { prompt_eval_count: promptTokens }),
      prompt_eval_duration: 1_000_000,
      eval_count: evalCount,
      // Counted from the first token on, so a single one takes no time.
      ...(evalCount > 1 ? { eval_duration: 1_000_000 } : {}),
    };
  }

  #logprobs(generated: readonly string[], request: DoubleChatRequest, reply: DoubleReply) {
    if (!request.logprobs || this.options.ignoresLogprobs || generated.length === 0) return {};
    const entries = generated.map((token) => {
      const letter = token.trim().toLowerCase();
      const chosen = isLetter(letter) ? letter : undefined;
      const alternatives = chosen === undefined
        ? [entry(token, Math.log(0.9)), entry("…", Math.log(0.05))]
        : letterAlternatives(chosen, reply.letterProbabilities);
      const own = alternatives.find((one) => one.token === token) ?? entry(token, Math.log(0.01));
      const top = alternatives.slice(0, request.top_logprobs ?? 0);
      return { ...own, ...(top.length === 0 ? {} : { top_logprobs: top }) };
    });
    return { logprobs: entries };
  }

  /** @returns undefined where the prompt is refused as too long. */
  #promptTokens(request: DoubleChatRequest, window: number): number | undefined {
    const count = (messages: DoubleChatRequest["messages"]) =>
      messages.reduce((sum, { content }) => {
        const bytes = new TextEncoder().encode(content).length;
        return sum + TEMPLATE_TOKENS + Math.ceil(bytes * (this.options.tokensPerByte ?? 0.25));
      }, 0);
    const whole = count(request.messages);
    if (whole <= window) return whole;
    if (request.truncate === false && !this.options.ignoresTruncate) return undefined;
    // The oldest messages go first, system messages and the last one stay; then the text is cut.
    let kept = [...request.messages];
    for (;;) {
      const oldest = kept.findIndex((one, i) => one.role !== "system" && i < kept.length - 1);
      if (count(kept) <= window || oldest < 0) return Math.min(count(kept), window);
      kept = kept.toSpliced(oldest, 1);
    }
  }

  #withModel(
    body: unknown,
    answer: (model: DoubleModel, asked: string) => DoubleAnswer,
  ): DoubleAnswer {
    const asked = String((body as { model?: unknown }).model ?? "");
    const model = this.#models.find(({ name }) => name === asked || name === `${asked}:latest`);
    return model ? answer(model, asked) : failed(404, `model '${asked}' not found`);
  }

  #load(model: DoubleModel, numCtx = DEFAULT_NUM_CTX): number {
    const window = Math.min(numCtx, model.contextLength);
    this.#loaded.set(model.name, window);
    return window;
  }

  #listed(model: DoubleModel, sizeBytes: number) {
    const seed = [...model.name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7);
    return {
      name: model.name,
      model: model.name,
      modified_at: NOW,
      size: sizeBytes,
      digest: seed.toString(16).padStart(8, "0").repeat(8),
      details: { parent_model: "", ...DETAILS },
    };
  }

  #running(model: DoubleModel) {
    const window = this.#loaded.get(model.name);
    if (window === undefined) return [];
    const { modified_at: _, ...listed } = this.#listed(model, LOADED_SIZE_BYTES);
    const onGpu = { size_vram: model.sizeVramBytes ?? 0 };
    return [{ ...listed, expires_at: NOW, ...onGpu, context_length: window }];
  }

  #shown(model: DoubleModel) {
    return {
      modelfile: `FROM ${model.name}\n`,
      parameters: 'stop                           "<|im_end|>"',
      template: "{{ .Prompt }}",
      details: { parent_model: "", ...DETAILS },
      model_info: {
        "general.architecture": "double",
        "double.context_length": model.contextLength,
      },
      tensors: [],
      capabilities: ["completion", ...(model.thinking ? ["thinking"] : [])],
      modified_at: NOW,
    };
  }
}

const DETAILS = {
  format: "gguf",
  family: "double",
  families: ["double"],
  parameter_size: "1M",
  quantization_level: "Q4_0",
};

function ok(json: unknown): DoubleAnswer {
  return { status: 200, json };
}

function failed(status: number, error: string): DoubleAnswer {
  return { status, json: { error } };
}

function defaultReply(request: DoubleChatRequest): string {
  const text = request.messages.map(({ content }) => content).join("\n");
  const sum = [...text].reduce(
    (hash, char) => (hash * 33 + (char.codePointAt(0) ?? 0)) >>> 0,
    5381,
  );
  return LETTERS[sum % LETTERS.length] ?? "a";
}

/** JSON as the grammar of a schema makes it: a string bare, an object spaced. */
function formatted(text: string, format: unknown): string {
  if (typeof format !== "object" || format === null) return text;
  const { type, properties } = format as { type?: string; properties?: Record<string, unknown> };
  if (type !== "object") return JSON.stringify(text);
  return `{ "${Object.keys(properties ?? {})[0] ?? "answer"}": ${JSON.stringify(text)} }`;
}

/** Pieces of generated text: words with the white space before them, and marks one by one; kanji and kana one by one. */
export function tokens(text: string): string[] {
  return text.match(/\s*(?:[A-Za-z0-9]+|[^\sA-Za-z0-9])|\s+$/gu) ?? [];
}

function letterAlternatives(chosen: Letter, given: DoubleReply["letterProbabilities"]) {
  const probabilities = given ??
    Object.fromEntries(LETTERS.map((one) => [one, one === chosen ? 0.7 : 0.1]));
  return Object.entries(probabilities)
    .map(([token, probability]) => entry(token, Math.log(probability)))
    .sort((a, b) => b.logprob - a.logprob);
}

function entry(token: string, logprob: number) {
  return { token, logprob, bytes: [...new TextEncoder().encode(token)] };
}
