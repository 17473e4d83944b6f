import type { Choices, Letter } from "../dataset/question.ts";

/** One chat message. Backends apply the model's own chat template to a list of these. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/**
 * What a model is asked. `parts` are the pieces `messages` were rendered from, for backends that
 * reuse a shared prefix and for the baselines; the correct answer is not among them.
 */
export interface Prompt {
  readonly messages: readonly ChatMessage[];
  readonly parts: {
    /** All context texts joined; empty without context. */
    readonly context: string;
    readonly question: string;
    readonly choices: Choices;
  };
}

/** Settings of one call that differ from the ones the model was created with. */
export interface InvokeOverrides {
  /** 0 = greedy. */
  readonly temperature?: number;
  readonly maxNewTokens?: number;
  readonly seed?: number;
  /** "letter": where the backend can, the output is constrained to one of the four letters. */
  readonly answerFormat?: "letter" | "text";
  readonly signal?: AbortSignal;
  /**
   * Gets the answer while it is written, thinking left out: pieces of whole characters, joined the
   * completion's text. A call that fails may have given pieces before. Not called where the answer
   * is a letter by `answerFormat`.
   */
  readonly onText?: (piece: string) => void;
}

/** Natural-log probabilities of the letters at the answer position, renormalised over the known ones. */
export type LetterLogprobs = Readonly<Partial<Record<Letter, number>>>;

/** What a model generated. */
export interface Completion {
  /** The generated text only, never the prompt, without the thinking part where the backend splits it off. */
  readonly text: string;
  /** The thinking part, where the backend delivers it separately. */
  readonly thinking?: string;
  /** "length": the token limit ended it. */
  readonly finishReason: "stop" | "length";
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** Wall time of the call that succeeded, in seconds; waiting and failed tries are not in it. */
  readonly seconds: number;
  /** Calls made, the successful one included. */
  readonly attempts?: number;
  readonly letterLogprobs?: LetterLogprobs;
}

/** Exactly which model answered. Fields that could not be learnt are absent. */
export interface LlmIdentity {
  readonly backend: "ollama" | "hf" | "baseline";
  readonly model: string;
  /** Digest of the weights, e.g. "sha256:…" or Ollama's manifest digest. */
  readonly modelDigest?: string;
  readonly adapter?: string;
  readonly adapterDigest?: string;
  /** Version of houqa's exporter that made the model's graph, and what it chose: "6-int8". */
  readonly exporter?: string;
  /** Storage type of the weights, e.g. "Q4_K_M" or "fp16". */
  readonly dtype?: string;
  /** Where it runs, e.g. "cpu", "gpu", "gpu 63 %". */
  readonly device?: string;
  /** Longest sequence the model was trained for, in tokens. */
  readonly contextLength?: number;
  /** Context window in use, in tokens. */
  readonly numCtx?: number;
  /** Versions of the client library and of the server. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A language model behind one of the backends. */
export interface Llm {
  readonly identity: LlmIdentity;
  /**
   * Generates one answer.
   * @throws {LlmError} when no answer could be had; `kind` says why.
   * @throws {DOMException} `AbortError` when `overrides.signal` fired.
   */
  invoke(prompt: Prompt, overrides?: InvokeOverrides): Promise<Completion>;
  /** Frees what the model holds. Safe to call twice. */
  close(): Promise<void>;
}

/** Why no answer could be had. */
export type LlmErrorKind =
  | "timeout"
  | "connection"
  | "server"
  | "request"
  | "prompt_cut"
  | "out_of_memory";

/** A call that failed. The evaluator records it and counts it by `kind`. */
export class LlmError extends Error {
  override name = "LlmError";
  constructor(readonly kind: LlmErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
