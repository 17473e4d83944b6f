import { type Letter, LETTERS } from "../dataset/question.ts";
import { endsWithAnswerLine } from "./answer_line.ts";
import type { ChatTokenizer } from "./chat_tokenizer.ts";
import { letterLogprobs, type PositionLogprobs } from "./letter_logprobs.ts";
import type { Completion } from "./llm.ts";
import { likeliest, sampleToken, type Sampling } from "./sample_token.ts";
import { seededRandom } from "./seeded_random.ts";
import { TextStream } from "./text_stream.ts";

/** How one answer is written. */
export interface AnswerRules {
  readonly sampling: Sampling;
  readonly seed: number;
  readonly maxNewTokens: number;
  /** "text": writing stops behind an answer line. */
  readonly answerFormat: "letter" | "text";
  readonly think: boolean;
  /** The prompt ends within the thoughts: their opening mark is not generated. */
  readonly isThinking: boolean;
  /** Tokens that end an answer. */
  readonly endTokens: ReadonlySet<number>;
  /** See `InvokeOverrides.onText`. */
  readonly onText?: (piece: string) => void;
}

/** Enough for a whole answer line. */
const TAIL_TOKENS = 16;

/** One answer while it is written: logits in, tokens out, a completion at the end. */
export class AnswerWriter {
  readonly #generated: number[] = [];
  readonly #positions: PositionLogprobs[] = [];
  readonly #random: () => number;
  readonly #stream: TextStream | undefined;
  #finishReason: Completion["finishReason"] | undefined;

  constructor(readonly tokenizer: ChatTokenizer, readonly rules: AnswerRules) {
    this.#random = seededRandom(rules.seed);
    this.#stream = rules.onText && new TextStream(tokenizer, rules.isThinking, rules.onText);
  }

  /** Whether nothing is left to write. */
  get isFinished(): boolean {
    return this.#finishReason !== undefined;
  }

  /**
   * Chooses the next token.
   * @param logits over the vocabulary, after everything so far.
   * @returns the token to read next; undefined once the answer is finished.
   */
  next(logits: Float32Array): number | undefined {
    const { sampling, endTokens, answerFormat, maxNewTokens } = this.rules;
    const token = sampling.temperature === 0
      ? likeliest(logits)
      : sampleToken(logits, sampling, this.#random);
    if (endTokens.has(token)) return this.#finish("stop");
    this.#generated.push(token);
    this.#stream?.push(token);
    this.#positions.push(this.#position(token, logits));
    if (answerFormat === "text" && this.#endsWithAnswerLine()) return this.#finish("stop");
    return this.#generated.length === maxNewTokens ? this.#finish("length") : token;
  }

  /** What was written. */
  completion(): Omit<Completion, "seconds" | "promptTokens"> {
    const letters = letterLogprobs(this.#positions, this.rules.answerFormat);
    return {
      ...splitThinking(this.tokenizer.decode(this.#generated), this.rules),
      finishReason: this.#finishReason ?? "length",
      completionTokens: this.#generated.length,
      ...(letters === undefined ? {} : { letterLogprobs: letters }),
    };
  }

  #endsWithAnswerLine(): boolean {
    if (!endsWithAnswerLine(this.tokenizer.decode(this.#generated.slice(-TAIL_TOKENS)))) {
      return false;
    }
    // Thoughts may hold such a line too, and go on.
    const { thinking, text } = splitThinking(this.tokenizer.decode(this.#generated), this.rules);
    return thinking === undefined || text !== "";
  }

  #finish(reason: Completion["finishReason"]): undefined {
    this.#finishReason = reason;
    this.#stream?.end(
      splitThinking(this.tokenizer.decode(this.#generated), this.rules).text,
    );
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
}

const THINK_END = "</think>";

function splitThinking(
  text: string,
  { think, isThinking }: Pick<AnswerRules, "think" | "isThinking">,
): Pick<Completion, "text" | "thinking"> {
  const end = text.lastIndexOf(THINK_END);
  if (end === -1) {
    // Thinking that never ended is no answer.
    return isThinking || think && text.includes("<think>")
      ? { text: "", thinking: text }
      : { text };
  }
  const thinking = text.slice(0, end).replace(/^\s*<think>/, "").trim();
  const answer = text.slice(end + THINK_END.length).trimStart();
  return thinking === "" ? { text: answer } : { text: answer, thinking };
}
