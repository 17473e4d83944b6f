import { getLogger } from "@logtape/logtape";
import { LETTERS } from "../dataset/question.ts";
import { ContextWindow, estimateNumCtx } from "./context_window.ts";
import { letterLogprobs } from "./letter_logprobs.ts";
import {
  type Completion,
  type InvokeOverrides,
  type Llm,
  LlmError,
  type LlmIdentity,
  type Prompt,
} from "./llm.ts";
import { OllamaConnection } from "./ollama_connection.ts";
import { isPromptTooLong } from "./ollama_error.ts";
import { checkOllamaOptions, type OllamaOptions } from "./ollama_options.ts";
import {
  type ChatAnswer,
  chatAnswerSchema,
  contextLengthOf,
  deviceOf,
  endedByRepetition,
  psSchema,
  sameModel,
  showSchema,
  type StrictChatRequest,
  tagsSchema,
  versionSchema,
} from "./ollama_protocol.ts";
import { promptBytes } from "./prompt_bytes.ts";
import { PromptLengthCheck } from "./prompt_length_check.ts";
import { readChatStream } from "./read_chat_stream.ts";

export type { OllamaOptions } from "./ollama_options.ts";

/** Version of the npm client in use; it exports none, a test compares this with deno.json. */
export const OLLAMA_CLIENT = "ollama-js 0.6.4";

/**
 * The output constrained to one letter. Of the two schemas that work, this one gives `"c"`: 4 tokens
 * with Qwen2.5-Coder-0.5B and 5–6 with SmolLM2 (trailing white space), complete every time. An
 * object with one `answer` key took 9 to more than 16 tokens, and ended at the length limit 16 each
 * time with SmolLM2. Seen with Ollama 0.17.4.
 */
const LETTER_SCHEMA = { type: "string", enum: [...LETTERS] } as const;
/** The most that the server takes. */
const TOP_LOGPROBS = 20;
/** Longer than any pause between two questions. */
const KEEP_ALIVE = "30m";
const METADATA_TIMEOUT_MS = 30_000;
const LOAD_TIMEOUT_MS = 600_000;

/**
 * Connects to an Ollama server, learns which model it has under that name, and loads it with the
 * context window, so that the first question's time is a question's time.
 * @throws {UsageError} for options that cannot be right.
 * @throws {LlmError} when the server cannot be reached, has no such model, or cannot load it.
 * @throws {DOMException} `AbortError` when `options.signal` fired.
 */
export async function createOllamaLlm(options: OllamaOptions): Promise<Llm> {
  checkOllamaOptions(options);
  const { model, signal } = options;
  const connection = new OllamaConnection(options);
  try {
    const metadata = { signal, purpose: "list", timeoutMs: METADATA_TIMEOUT_MS } as const;
    // One try: who forgot to start the server should not wait for the backoff.
    const { value: version } = await connection.call(
      { ...metadata, tries: 1 },
      async (client) => versionSchema.parse(await client.version()),
    );
    const { value: show } = await connection.call(
      { ...metadata, purpose: "load" },
      async (client) => showSchema.parse(await client.show({ model })),
    );
    if (options.think && show.capabilities?.includes("thinking") === false) {
      throw new LlmError("request", `The model ${model} can't think: leave --think out.`);
    }
    const { value: tags } = await connection.call(
      metadata,
      async (client) => tagsSchema.parse(await client.list()),
    );
    const digest = tags.models?.find((one) => sameModel(one.name, model))?.digest;

    const contextLength = contextLengthOf(show);
    const window = new ContextWindow(
      options.numCtx === undefined ? "automatic" : "explicit",
      options.numCtx ?? estimateNumCtx({
        longestPromptBytes: options.sizing.longestPromptBytes,
        maxNewTokens: options.maxNewTokens,
        contextLength,
      }),
      contextLength,
    );
    if (options.numCtx !== undefined && options.numCtx > window.tokens) {
      getLogger(["houqa", "ollama"]).warn(
        "--num-ctx {asked} is more than {model} was trained for: {used} tokens are used.",
        { asked: options.numCtx, model, used: window.tokens },
      );
    }
    const llm = new OllamaLlm(options, connection, window, {
      modelDigest: digest && (digest.includes(":") ? digest : `sha256:${digest}`),
      dtype: show.details?.quantization_level,
      serverVersion: version.version,
    });
    await llm.load();
    return llm;
  } catch (error) {
    connection.close();
    throw error;
  }
}

interface LearntFacts {
  readonly modelDigest: string | undefined;
  readonly dtype: string | undefined;
  readonly serverVersion: string;
}

class OllamaLlm implements Llm {
  readonly #log = getLogger(["houqa", "ollama"]);
  readonly #lengthCheck = new PromptLengthCheck();
  #device: string | undefined;
  /** Window for which the device was learnt, in tokens: a larger one may not fit on the GPU. */
  #deviceWindow = 0;
  #warnedOfCutAnswer = false;

  constructor(
    readonly options: OllamaOptions,
    readonly connection: OllamaConnection,
    readonly window: ContextWindow,
    readonly facts: LearntFacts,
  ) {}

  get identity(): LlmIdentity {
    const { modelDigest, dtype, serverVersion } = this.facts;
    const { contextLength, tokens } = this.window;
    return {
      backend: "ollama",
      model: this.options.model,
      ...(modelDigest === undefined ? {} : { modelDigest }),
      ...(dtype === undefined ? {} : { dtype }),
      ...(this.#device === undefined ? {} : { device: this.#device }),
      ...(contextLength === undefined ? {} : { contextLength }),
      numCtx: tokens,
      versions: { ollama_server: serverVersion, ollama_client: OLLAMA_CLIENT },
    };
  }

  /** Loads the model with the context window in use and learns where it runs. */
  async load(): Promise<void> {
    const { model, signal, loadTimeoutMs = LOAD_TIMEOUT_MS, keepAlive = KEEP_ALIVE } = this.options;
    await this.connection.call(
      { signal, purpose: "load", timeoutMs: loadTimeoutMs },
      (client) =>
        client.generate({
          model,
          prompt: "",
          stream: false,
          keep_alive: keepAlive,
          options: { num_ctx: this.window.tokens },
        }),
    );
    await this.#learnDevice(signal);
  }

  async invoke(prompt: Prompt, overrides: InvokeOverrides = {}): Promise<Completion> {
    const bytes = promptBytes(prompt);
    let attempts = 0;
    for (;;) {
      const windowTokens = this.window.tokens;
      const request = this.#request(prompt, overrides, windowTokens);
      const outcome = await this.#ask(request, overrides);
      attempts += outcome.attempts;
      const { answer } = outcome;
      const fit = answer
        ? this.#lengthCheck.check(bytes, answer.prompt_eval_count, windowTokens)
        : "window_full";
      if (fit === "too_few_tokens") {
        const expected = Math.ceil(this.#lengthCheck.fewestTokens(bytes));
        throw new LlmError(
          "prompt_cut",
          `Ollama at ${this.options.host.display} read ${answer?.prompt_eval_count} tokens of a ` +
            `prompt of ${bytes} bytes, at least ${expected} were expected: it dropped a part ` +
            `to fit the window of ${windowTokens} tokens; raise --num-ctx, shorten the context ` +
            "(top-k), or update Ollama.",
        );
      }
      const cutAnswer = answer !== undefined && endedByWindow(answer, request);
      if (fit === "window_full" || cutAnswer) {
        const grown = this.window.grow(windowTokens);
        // What was shown of a streamed answer can't be taken back: only the next call has the room.
        const growth = outcome.hasStreamed ? "at_limit" : grown;
        if (growth === "grown") {
          this.#log.warn(
            "{what} did not fit in {before} tokens: the context window is now {after} tokens.",
            {
              what: fit === "window_full" ? "A prompt" : "An answer",
              before: windowTokens,
              after: this.window.tokens,
            },
          );
        }
        if (growth !== "at_limit") continue;
        if (fit === "window_full") throw this.#promptCut(bytes, windowTokens);
        this.#warnOfCutAnswer(windowTokens);
      }
      if (answer === undefined) throw this.#promptCut(bytes, windowTokens);
      if (this.#deviceWindow !== this.window.tokens) await this.#learnDevice(overrides.signal);
      return this.#completion(answer, overrides, { attempts, seconds: outcome.seconds });
    }
  }

  /** The model stays loaded on the server, where others may use it. */
  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  #request(prompt: Prompt, overrides: InvokeOverrides, windowTokens: number): StrictChatRequest {
    const { model, think, structuredOutput, keepAlive = KEEP_ALIVE } = this.options;
    const maxNewTokens = overrides.maxNewTokens ?? this.options.maxNewTokens;
    if (!(maxNewTokens >= 1)) {
      throw new LlmError("request", `maxNewTokens is ${maxNewTokens}; it must be at least 1.`);
    }
    return {
      model,
      messages: prompt.messages.map(({ role, content }) => ({ role, content })),
      stream: overrides.onText !== undefined,
      truncate: false,
      shift: false,
      think,
      keep_alive: keepAlive,
      // Twenty alternatives with every piece of a streamed answer, for which nobody asks.
      ...(overrides.onText === undefined ? { logprobs: true, top_logprobs: TOP_LOGPROBS } : {}),
      // With thinking the server generates twice to constrain the second part: not tried, left out.
      ...(structuredOutput && !think && overrides.answerFormat === "letter"
        ? { format: LETTER_SCHEMA }
        : {}),
      options: {
        num_ctx: windowTokens,
        num_predict: maxNewTokens,
        temperature: overrides.temperature ?? this.options.temperature,
        seed: overrides.seed ?? this.options.seed,
      },
    };
  }

  /** @returns without an answer where the server refused the prompt as too long. */
  async #ask(
    request: StrictChatRequest,
    { signal, onText }: InvokeOverrides,
  ): Promise<{ answer?: ChatAnswer; attempts: number; seconds: number; hasStreamed: boolean }> {
    const { timeoutMs, host } = this.options;
    let hasStreamed = false;
    const show = onText && ((piece: string) => {
      hasStreamed = true;
      onText(piece);
    });
    const mayRetry = () => !hasStreamed;
    const { value, ...rest } = await this.connection.call(
      { signal, purpose: "answer", timeoutMs, isStreamed: show !== undefined, mayRetry },
      async (client) => {
        let answer: ChatAnswer;
        try {
          answer = show === undefined
            ? chatAnswerSchema.parse(await client.chat({ ...request, stream: false }))
            : await readChatStream(await client.chat({ ...request, stream: true }), show);
        } catch (error) {
          if (isPromptTooLong(error)) return undefined;
          throw error;
        }
        if (answer.done !== true && !endedByRepetition(answer)) {
          throw new LlmError(
            "connection",
            `Ollama at ${host.display} sent an unfinished answer (done is ${answer.done}): see the ` +
              "server's log.",
          );
        }
        return answer;
      },
    );
    return { answer: value, ...rest, hasStreamed };
  }

  #completion(
    answer: ChatAnswer,
    overrides: InvokeOverrides,
    measured: { attempts: number; seconds: number },
  ): Completion {
    const { message, logprobs } = answer;
    const thoughtWithoutEnd = message.thinking &&
      !logprobs?.some((one) => one.token.includes("</think>"));
    const letters = thoughtWithoutEnd
      ? undefined
      : letterLogprobs(logprobs ?? undefined, overrides.answerFormat ?? "text");
    return {
      text: message.content,
      ...(message.thinking ? { thinking: message.thinking } : {}),
      finishReason: answer.done_reason === "length" || answer.done !== true ? "length" : "stop",
      ...(answer.prompt_eval_count === undefined ? {} : { promptTokens: answer.prompt_eval_count }),
      ...(answer.eval_count === undefined ? {} : { completionTokens: answer.eval_count }),
      ...measured,
      ...(letters === undefined ? {} : { letterLogprobs: letters }),
    };
  }

  #promptCut(promptBytes: number, windowTokens: number): LlmError {
    const { contextLength } = this.window;
    const full = contextLength !== undefined && windowTokens >= contextLength;
    return new LlmError(
      "prompt_cut",
      `A prompt of ${promptBytes} bytes does not fit in the context window of ${windowTokens} tokens` +
        (full ? `, the most ${this.options.model} was trained for: ` : ": raise --num-ctx" +
          (contextLength === undefined ? "" : ` (up to ${contextLength})`) + " or ") +
        "shorten the context (top-k).",
    );
  }

  #warnOfCutAnswer(windowTokens: number): void {
    if (this.#warnedOfCutAnswer) return;
    this.#warnedOfCutAnswer = true;
    this.#log.warn(
      "An answer was cut by the context window of {tokens} tokens: raise --num-ctx. Further ones " +
        "are not reported here.",
      { tokens: windowTokens },
    );
  }

  /** Worth a look, but no reason to fail. */
  async #learnDevice(signal: AbortSignal | undefined): Promise<void> {
    this.#deviceWindow = this.window.tokens;
    try {
      const { value } = await this.connection.call(
        { signal, purpose: "list", timeoutMs: METADATA_TIMEOUT_MS, tries: 1 },
        async (client) => psSchema.parse(await client.ps()),
      );
      const loaded = value.models?.find((one) => sameModel(one.name, this.options.model));
      this.#device = loaded && deviceOf(loaded);
    } catch (error) {
      if (signal?.aborted) throw error;
      this.#log.warn("Where the model runs could not be learnt: {reason}", {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

/** True if generation ended before its own limit: then the context window was full. */
function endedByWindow(answer: ChatAnswer, { options }: StrictChatRequest): boolean {
  return answer.done_reason === "length" && answer.eval_count !== undefined &&
    answer.eval_count < (options?.num_predict ?? 0);
}
