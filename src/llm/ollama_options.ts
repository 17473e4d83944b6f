import { UsageError } from "../settings/usage_error.ts";
import type { RetryOptions } from "./ollama_connection.ts";
import type { OllamaHost } from "./ollama_host.ts";

/** What `createOllamaLlm` needs. */
export interface OllamaOptions {
  readonly host: OllamaHost;
  readonly model: string;
  /** Context window in tokens. Undefined: chosen from `sizing`, and grown when it was too small. */
  readonly numCtx?: number;
  /** At least 1: Ollama takes 0 as "without limit". */
  readonly maxNewTokens: number;
  /** 0 = greedy. */
  readonly temperature: number;
  readonly seed: number;
  /** Sent with every call; false is accepted by every model. */
  readonly think: boolean;
  /** Constrains the output to a letter where the caller asks for one; not together with `think`. */
  readonly structuredOutput: boolean;
  /** Time limit of one call, in milliseconds, waiting in the server's queue included. */
  readonly timeoutMs: number;
  /** Time limit of loading the model, in milliseconds. Default 10 minutes. */
  readonly loadTimeoutMs?: number;
  /** How long the server keeps the model in memory after a call. Default "30m". */
  readonly keepAlive?: string | number;
  /** UTF-8 bytes of all messages of the longest prompt. */
  readonly sizing: { readonly longestPromptBytes: number };
  /** Calls that the caller makes at once; used in messages only. */
  readonly concurrency: number;
  /** For tests. With it no HTTP client is created. */
  readonly fetch?: typeof fetch;
  readonly retries?: RetryOptions;
  /** Ends the creation, which can take minutes when the model has to be loaded. */
  readonly signal?: AbortSignal;
}

/** @throws {UsageError} for a number that cannot be right. */
export function checkOllamaOptions(options: OllamaOptions): void {
  requireAtLeastOne("maxNewTokens", options.maxNewTokens);
  requireAtLeastOne("timeoutMs", options.timeoutMs);
  if (options.numCtx !== undefined) requireAtLeastOne("numCtx", options.numCtx);
}

function requireAtLeastOne(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new UsageError(`${name} is ${value}; it must be a whole number of at least 1.`);
}
