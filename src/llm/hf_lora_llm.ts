import { random } from "@huggingface/transformers";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { CausalModel, type KeyValueCache } from "./causal_model.ts";
import { ChatTokenizer } from "./chat_tokenizer.ts";
import { endsWithAnswerLine } from "./answer_line.ts";
import { letterLogprobs, type PositionLogprobs } from "./letter_logprobs.ts";
import {
  type Completion,
  type InvokeOverrides,
  type LetterLogprobs,
  type Llm,
  LlmError,
  type LlmIdentity,
  type Prompt,
} from "./llm.ts";
import type { AnswerMode } from "../settings/setting_table.ts";
import type { ModelFolder } from "./model_folder.ts";
import { explainRuntimeError } from "./runtime_error.ts";
import { PrefixReuse } from "./prefix_reuse.ts";
import { likeliest, sampleToken } from "./sample_token.ts";

/** What a loaded model does by default; each call may differ. */
export interface HFLoRADefaults {
  readonly maxNewTokens: number;
  /** 0 = greedy. */
  readonly temperature: number;
  readonly seed: number;
  readonly think: boolean;
  /** "score": the likeliest of the four letters, by one pass and without generating. */
  readonly answerMode: AnswerMode;
}

/**
 * A Qwen model from Hugging Face files, its LoRA adapter merged in, on one of ONNX's runtimes.
 * Sampling takes top-k and top-p from the model's generation config; its repetition penalty is left
 * out, since it would change which letter is the likeliest.
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
    this.#endTokens = new Set(folder.endTokens);
    if (defaults.think && !tokenizer.canThink) {
      throw new LlmError("request", `The model ${identity.model} can't think: leave --think out.`);
    }
  }

  async invoke(prompt: Prompt, overrides: InvokeOverrides = {}): Promise<Completion> {
    const started = performance.now();
    const ids = this.tokenizer.encodeChat(prompt.messages, this.defaults.think);
    const room = this.folder.maxPositions - ids.length;
    if (room < 1) {
      throw new LlmError(
        "prompt_cut",
        `A prompt of ${ids.length} tokens does not fit in the ${this.folder.maxPositions} positions ` +
          `of ${this.identity.model}: shorten the context (--top-k).`,
      );
    }
    try {
      const answer = this.defaults.answerMode === "score" && overrides.answerFormat === "letter"
        ? await this.#score(ids)
        : await this.#generate(ids, room, overrides);
      return { ...answer, promptTokens: ids.length, seconds: secondsSince(started) };
    } catch (error) {
      if (error instanceof LlmError || error instanceof DOMException) throw error;
      // What is kept may be what memory ran out for.
      this.#prefixes.clear();
      throw explainRuntimeError(error as Error);
    }
  }

  async close(): Promise<void> {
    this.#prefixes.clear();
    await this.model.session.close();
  }

  /** Logits of the token after a prompt, and the prompt's cache. */
  async #read(ids: readonly number[]): Promise<{ logits: Float32Array; cache: KeyValueCache }> {
    const prefix = await this.#prefixes.find(ids);
    return await this.model.forward(ids.slice(prefix?.cache.length ?? 0), prefix?.cache);
  }

  /** One pass: the likeliest of the four bare letters. */
  async #score(ids: readonly number[]): Promise<Omit<Completion, "seconds">> {
    const { logits, cache } = await this.#read(ids);
    this.#prefixes.remember(ids, cache);
    const letters = LETTERS.filter((letter) => this.tokenizer.letterTokens[letter].length > 0);
    const scores = letters.map((letter) => logits[this.tokenizer.letterTokens[letter][0]!]!);
    const most = Math.max(...scores);
    const total = most + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
    return {
      text: letters[scores.indexOf(most)]!,
      finishReason: "stop",
      letterLogprobs: Object.fromEntries(
        letters.map((letter, index) => [letter, scores[index]! - total]),
      ) as LetterLogprobs,
    };
  }

  async #generate(
    ids: readonly number[],
    room: number,
    overrides: InvokeOverrides,
  ): Promise<Omit<Completion, "seconds">> {
    const { signal, answerFormat = "text" } = overrides;
    const maxNewTokens = Math.min(overrides.maxNewTokens ?? this.defaults.maxNewTokens, room);
    if (!(maxNewTokens >= 1)) {
      throw new LlmError("request", `maxNewTokens is ${maxNewTokens}; it must be at least 1.`);
    }
    const temperature = overrides.temperature ?? this.defaults.temperature;
    const sampling = { temperature, topK: this.folder.topK, topP: this.folder.topP };
    const generator = new random.Random(overrides.seed ?? this.defaults.seed);

    const generated: number[] = [];
    const positions: PositionLogprobs[] = [];
    let { logits, cache } = await this.#read(ids);
    const promptCache = cache;
    let finishReason: Completion["finishReason"] = "length";
    try {
      for (;;) {
        signal?.throwIfAborted();
        const token = temperature === 0
          ? likeliest(logits)
          : sampleToken(logits, sampling, () => generator.random());
        if (this.#endTokens.has(token)) {
          finishReason = "stop";
          break;
        }
        generated.push(token);
        positions.push(this.#position(token, logits));
        if (answerFormat === "text" && endsWithAnswerLine(this.#tail(generated))) {
          finishReason = "stop";
          break;
        }
        if (generated.length === maxNewTokens) break;
        const before = cache;
        ({ logits, cache } = await this.model.forward([token], cache));
        if (before !== promptCache) this.model.dispose(before);
      }
    } finally {
      if (cache !== promptCache) this.model.dispose(cache);
      this.#prefixes.remember(ids, promptCache);
    }
    const letters = letterLogprobs(positions, answerFormat);
    return {
      ...splitThinking(this.tokenizer.decode(generated), this.defaults.think),
      finishReason,
      completionTokens: generated.length,
      ...(letters === undefined ? {} : { letterLogprobs: letters }),
    };
  }

  /** Logits stand for log-probabilities: only their differences count. */
  #position(token: number, logits: Float32Array): PositionLogprobs {
    const text = this.tokenizer.decode([token]);
    const mayBeLetter = /[a-dA-Dａ-ｄＡ-Ｄ]/u.test(text) && text.trim().length <= 4;
    return {
      token: text,
      logprob: logits[token]!,
      ...(mayBeLetter ? { top_logprobs: this.#letterLogits(logits) } : {}),
    };
  }

  #letterLogits(logits: Float32Array): { token: string; logprob: number }[] {
    return LETTERS.flatMap((letter: Letter) =>
      this.tokenizer.letterTokens[letter].map((id) => ({
        token: this.tokenizer.decode([id]),
        logprob: logits[id]!,
      }))
    );
  }

  #tail(generated: readonly number[]): string {
    return this.tokenizer.decode(generated.slice(-TAIL_TOKENS));
  }
}

/** Enough for a whole answer line. */
const TAIL_TOKENS = 16;

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

const THINK_END = "</think>";

function splitThinking(text: string, think: boolean): Pick<Completion, "text" | "thinking"> {
  const end = text.lastIndexOf(THINK_END);
  if (end === -1) {
    // Thinking that never ended is no answer.
    return think && text.includes("<think>") ? { text: "", thinking: text } : { text };
  }
  const thinking = text.slice(0, end).replace(/^\s*<think>/, "").trim();
  const answer = text.slice(end + THINK_END.length).trimStart();
  return thinking === "" ? { text: answer } : { text: answer, thinking };
}
