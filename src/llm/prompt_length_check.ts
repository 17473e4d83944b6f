/** Fewest tokens that any tokenizer makes of a byte of Japanese, with a wide margin. */
const LOWEST_TOKENS_PER_BYTE = 0.1;
const LOWEST_SHARE_OF_MEDIAN = 0.65;
/** Below this the chat template's own tokens dominate and the ratio says nothing, in bytes. */
const MIN_COMPARABLE_BYTES = 300;
const MIN_SAMPLES = 8;
const MAX_SAMPLES = 1000;

/**
 * Finds prompts that the server cut without saying so.
 *
 * `truncate: false` makes a newer server refuse a prompt that is too long. An older one ignores the
 * field, answers 200, and either cuts to exactly the window or drops old messages, which leaves a
 * count far below what was sent.
 *
 * Seen with Ollama 0.17.4: `prompt_eval_count` counts the whole prompt whether or not its prefix was
 * cached (350 tokens at the first and the second time, with 3.2 s and 0.02 s of prompt evaluation;
 * 347 after another prompt that shares 350 bytes), so a warm cache cannot set this check off.
 */
export class PromptLengthCheck {
  readonly #tokensPerByte: number[] = [];

  /**
   * Judges one answer and, where it fits, learns from it.
   * @param promptBytes UTF-8 bytes of all messages.
   * @param promptTokens the server's `prompt_eval_count`; undefined is no error.
   * @param windowTokens the window in use.
   */
  check(
    promptBytes: number,
    promptTokens: number | undefined,
    windowTokens: number,
  ): "fits" | "window_full" | "too_few_tokens" {
    if (promptTokens === undefined) return "fits";
    if (promptTokens >= windowTokens) return "window_full";
    if (promptTokens < this.fewestTokens(promptBytes)) return "too_few_tokens";
    if (promptBytes >= MIN_COMPARABLE_BYTES && this.#tokensPerByte.length < MAX_SAMPLES) {
      this.#tokensPerByte.push(promptTokens / promptBytes);
    }
    return "fits";
  }

  /** Fewest tokens at which a prompt of that size counts as whole. */
  fewestTokens(promptBytes: number): number {
    const median = this.#median();
    const comparable = promptBytes >= MIN_COMPARABLE_BYTES && median !== undefined;
    return promptBytes *
      Math.max(LOWEST_TOKENS_PER_BYTE, comparable ? LOWEST_SHARE_OF_MEDIAN * median : 0);
  }

  #median(): number | undefined {
    const n = this.#tokensPerByte.length;
    return n < MIN_SAMPLES
      ? undefined
      : this.#tokensPerByte.toSorted((a, b) => a - b)[Math.floor(n / 2)];
  }
}
