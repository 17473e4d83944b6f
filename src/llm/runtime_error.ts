import { LlmError } from "./llm.ts";

/** How the runtimes say that memory ran out. */
const OUT_OF_MEMORY =
  /out of memory|failed to allocate|bad_alloc|allocat\w* failed|CUDA failure 2\b|OOM|exceeds? .*memory|Array buffer allocation/i;

/**
 * A failed run in words that help. An answer is never made of it.
 * @param error what the runtime threw.
 */
export function explainRuntimeError(error: Error): LlmError {
  const [line] = error.message.split("\n");
  if (OUT_OF_MEMORY.test(error.message)) {
    return new LlmError(
      "out_of_memory",
      `The device's memory is full: use a smaller --hf-dtype (q4), a shorter context (--top-k) or ` +
        `--hf-device cpu. (${line})`,
      { cause: error },
    );
  }
  return new LlmError("server", `The model failed: ${line}`, { cause: error });
}
