import { LETTERS } from "../dataset/question.ts";
import { AnswerWriter } from "./answer_writer.ts";
import type { BatchForwardResult, CausalModel, KeyValueCache } from "./causal_model.ts";
import type { ChatTokenizer } from "./chat_tokenizer.ts";
import {
  type Completion,
  type InvokeOverrides,
  type LetterLogprobs,
  type Llm,
  LlmError,
  type LlmIdentity,
  type Prompt,
} from "./llm.ts";
import { logSoftmax } from "./log_softmax.ts";
import type { ModelFolder } from "./model_folder.ts";
import { PrefixReuse } from "./prefix_reuse.ts";
import { explainRuntimeError } from "./runtime_error.ts";

/** What a loaded model does by default; each call may differ. */
export interface HFLoRADefaults {
  readonly maxNewTokens: number;
  /** 0 = greedy. */
  readonly temperature: number;
  readonly seed: number;
  readonly think: boolean;
}

/**
 * A Qwen model from Hugging Face files, its LoRA adapter merged in, on one of ONNX's runtimes.
 * Sampling takes top-k and top-p from the model's generation config; its repetition penalty is left
 * out, since it would change which letter is the likeliest. With the answer format "letter" the
 * likeliest of the four letters is taken from one pass, and nothing is generated.
 */
export class HFLoRALLM implements Llm {
  readonly #prefixes: PrefixReuse;
  readonly #endTokens: ReadonlySet<number>;

  constructor(
    /** The model's tokenizer and chat template. */
    readonly tokenizer: ChatTokenizer,
    /** The decoder; the adapter is part of its weights. */
    readonly model: CausalModel,
    readonly folder: ModelFolder,
    readonly defaults: HFLoRADefaults,
    readonly identity: LlmIdentity,
  ) {
    this.#prefixes = new PrefixReuse(model);
    const end = tokenizer.tokenizer.endToken;
    this.#endTokens = new Set([...folder.endTokens, ...end === undefined ? [] : [end]]);
    if (defaults.think && !tokenizer.canThink) {
      throw new LlmError("request", `The model ${identity.model} can't think: leave --think out.`);
    }
  }

  /** @param next the prompts that will be asked after this one, as far as known: see `PrefixReuse`. */
  async invoke(
    prompt: Prompt,
    overrides: InvokeOverrides = {},
    next: readonly Prompt[] = [],
  ): Promise<Completion> {
    const started = performance.now();
    const ids = this.#encode(prompt);
    const following = this.#encodeNext(next);
    try {
      const answer = overrides.answerFormat === "letter"
        ? await this.#score(ids, following, overrides.signal)
        : await this.#generate(ids, following, overrides);
      return { ...answer, promptTokens: ids.length, seconds: secondsSince(started) };
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /**
   * Generates one answer for each of several prompts, read together as one batch padded on the
   * right; nothing of what they share is reused. Each answer's seconds are its share of the batch.
   * @param overrides without `onText`: whose pieces they are could not be told.
   * @throws as {@linkcode invoke}, for the whole batch.
   */
  async invokeMany(
    prompts: readonly Prompt[],
    overrides: Omit<InvokeOverrides, "onText"> = {},
  ): Promise<Completion[]> {
    const started = performance.now();
    const rows = prompts.map((prompt) => this.#encode(prompt));
    try {
      const first = await this.model.forwardBatch(rows);
      const answers = overrides.answerFormat === "letter"
        ? this.#scoreBatch(first)
        : await this.#continueBatch(rows, first, overrides);
      const seconds = secondsSince(started) / rows.length;
      return answers.map((answer, row) => ({
        ...answer,
        promptTokens: rows[row]!.length,
        seconds,
      }));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async close(): Promise<void> {
    this.#prefixes.clear();
    await this.model.session.close();
  }

  #encode(prompt: Prompt): number[] {
    const ids = this.tokenizer.encodeChat(prompt.messages, this.defaults.think);
    if (!this.defaults.think && this.#endsThinking(ids)) {
      throw new LlmError(
        "request",
        `The model ${this.identity.model} always thinks before it answers (its chat template opens ` +
          "<think>): add --think, and leave --answer-mode score out.",
      );
    }
    const { maxPositions } = this.folder;
    if (ids.length < maxPositions) return ids;
    throw new LlmError(
      "prompt_cut",
      `A prompt of ${ids.length} tokens does not fit in the ${maxPositions} positions ` +
        `of ${this.identity.model}: shorten the context (--top-k).`,
    );
  }

  /** Empty where it is of no use. What does not fit will be refused when its turn comes. */
  #encodeNext(prompts: readonly Prompt[]): number[][] {
    if (!this.model.session.keepsCacheOnDevice) return [];
    return prompts.map(({ messages }) => this.tokenizer.encodeChat(messages, this.defaults.think));
  }

  #endsThinking(ids: readonly number[]): boolean {
    return /<think>\s*$/.test(this.tokenizer.decode(ids.slice(-4)));
  }

  #explain(error: unknown): unknown {
    if (error instanceof LlmError || error instanceof DOMException) return error;
    // What is kept may be what memory ran out for.
    this.#prefixes.clear();
    return explainRuntimeError(error as Error);
  }

  /** Logits of the token after a prompt, and the prompt's cache. */
  async #read(
    ids: readonly number[],
    next: readonly (readonly number[])[],
    signal: AbortSignal | undefined,
  ): Promise<{ logits: Float32Array; cache: KeyValueCache }> {
    const prefix = await this.#prefixes.find(ids, next, signal);
    return await this.model.forward(ids.slice(prefix?.length ?? 0), prefix, signal);
  }

  /** One pass: the likeliest of the four bare letters. */
  async #score(
    ids: readonly number[],
    next: readonly (readonly number[])[],
    signal: AbortSignal | undefined,
  ): Promise<Omit<Completion, "seconds">> {
    const { logits, cache } = await this.#read(ids, next, signal);
    this.#prefixes.remember(ids, cache);
    return this.#scored(logits);
  }

  #scoreBatch({ logits, cache }: BatchForwardResult): Omit<Completion, "seconds">[] {
    this.model.dispose(cache);
    return logits.map((one) => this.#scored(one));
  }

  #scored(logits: Float32Array): Omit<Completion, "seconds"> {
    const letters = LETTERS.filter((letter) => this.tokenizer.letterTokens[letter].length > 0);
    const scores = letters.map((letter) => logits[this.tokenizer.letterTokens[letter][0]!]!);
    const logprobs = logSoftmax(scores);
    return {
      text: letters[scores.indexOf(Math.max(...scores))]!,
      finishReason: "stop",
      letterLogprobs: Object.fromEntries(
        letters.map((letter, index) => [letter, logprobs[index]!]),
      ) as LetterLogprobs,
    };
  }

  async #generate(
    ids: readonly number[],
    next: readonly (readonly number[])[],
    overrides: InvokeOverrides,
  ): Promise<Omit<Completion, "seconds">> {
    const writer = this.#writer(ids, overrides);
    let { logits, cache } = await this.#read(ids, next, overrides.signal);
    const promptCache = cache;
    try {
      for (;;) {
        overrides.signal?.throwIfAborted();
        const token = writer.next(logits);
        if (token === undefined) return writer.completion();
        const before = cache;
        ({ logits, cache } = await this.model.forward([token], cache));
        if (before !== promptCache) this.model.dispose(before);
      }
    } finally {
      if (cache !== promptCache) this.model.dispose(cache);
      this.#prefixes.remember(ids, promptCache);
    }
  }

  async #continueBatch(
    rows: readonly (readonly number[])[],
    first: BatchForwardResult,
    overrides: InvokeOverrides,
  ): Promise<Omit<Completion, "seconds">[]> {
    const writers = rows.map((ids) => this.#writer(ids, overrides));
    let { logits, cache } = first;
    try {
      for (;;) {
        overrides.signal?.throwIfAborted();
        // A finished row goes on with any token; what comes of it is not looked at.
        const tokens = writers.map((writer, row) =>
          (writer.isFinished ? undefined : writer.next(logits[row]!)) ?? rows[row]![0]!
        );
        if (writers.every((writer) => writer.isFinished)) {
          return writers.map((writer) => writer.completion());
        }
        const before = cache;
        ({ logits, cache } = await this.model.continueBatch(tokens, cache));
        this.model.dispose(before);
      }
    } finally {
      this.model.dispose(cache);
    }
  }

  #writer(ids: readonly number[], overrides: InvokeOverrides): AnswerWriter {
    const { defaults, folder } = this;
    const wanted = overrides.maxNewTokens ?? defaults.maxNewTokens;
    if (!(wanted >= 1)) {
      throw new LlmError("request", `maxNewTokens is ${wanted}; it must be at least 1.`);
    }
    return new AnswerWriter(this.tokenizer, {
      sampling: {
        temperature: overrides.temperature ?? defaults.temperature,
        topK: folder.topK,
        topP: folder.topP,
      },
      seed: overrides.seed ?? defaults.seed,
      maxNewTokens: Math.min(wanted, folder.maxPositions - ids.length),
      answerFormat: overrides.answerFormat ?? "text",
      think: defaults.think,
      // Some templates end with the mark themselves; #encode has refused them without --think.
      isThinking: this.#endsThinking(ids),
      endTokens: this.#endTokens,
      ...(overrides.onText === undefined ? {} : { onText: overrides.onText }),
    });
  }
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
