/** Upper bound where the server does not tell the model's own, in tokens. */
const FALLBACK_CONTEXT_LENGTH = 32_768;
const STEP = 1024;

/**
 * A context window that should hold the longest prompt and its answer, in tokens.
 *
 * 0.5 tokens per UTF-8 byte is above what tokenizers made for Japanese need (Qwen: 0.23–0.25) and
 * below English-centred ones (SmolLM2: 0.6), for which the window grows when the server says so. The
 * 64 are for the chat template. Rounded up to a multiple of 1024, at most the model's own length.
 */
export function estimateNumCtx(
  size: { longestPromptBytes: number; maxNewTokens: number; contextLength?: number },
): number {
  const tokens = Math.ceil(size.longestPromptBytes * 0.5) + size.maxNewTokens + 64;
  const rounded = Math.ceil(tokens / STEP) * STEP;
  return Math.min(rounded, size.contextLength ?? Math.max(rounded, FALLBACK_CONTEXT_LENGTH));
}

/**
 * The context window in use. It only ever grows, and only when it was chosen automatically. Several
 * calls that find the same window too small make it grow once.
 */
export class ContextWindow {
  #tokens: number;
  readonly #limit: number;

  constructor(
    readonly mode: "automatic" | "explicit",
    tokens: number,
    readonly contextLength: number | undefined,
  ) {
    this.#limit = contextLength ?? Math.max(tokens, FALLBACK_CONTEXT_LENGTH);
    // The server lowers a larger window silently; saying so keeps the checks and the records true.
    this.#tokens = Math.min(tokens, this.#limit);
  }

  /** Window in use, in tokens. */
  get tokens(): number {
    return this.#tokens;
  }

  /**
   * Doubles the window, up to the model's context length.
   * @param tooSmall the window with which the caller's request was made, in tokens.
   * @returns "already_grown" when another call was first, "at_limit" when it cannot grow.
   */
  grow(tooSmall: number): "grown" | "already_grown" | "at_limit" {
    if (this.#tokens > tooSmall) return "already_grown";
    if (this.mode === "explicit" || this.#tokens >= this.#limit) return "at_limit";
    this.#tokens = Math.min(this.#tokens * 2, this.#limit);
    return "grown";
  }
}
