import { HttpStatusError } from "./abortable_fetch.ts";
import { LlmError, type LlmErrorKind } from "./llm.ts";
import type { OllamaHost } from "./ollama_host.ts";

/** What a call is for. */
export type CallPurpose = "answer" | "load" | "list";

/** What an error message needs to know about the call. */
export interface CallContext {
  readonly purpose: CallPurpose;
  readonly host: OllamaHost;
  readonly model: string;
  /** Time limit of one try, in milliseconds. */
  readonly timeoutMs: number;
  /** Calls that the caller makes at once. */
  readonly concurrency: number;
}

/** A failed call, explained, and whether asking again can help. */
export interface FailedCall {
  readonly error: LlmError;
  readonly retry: "backoff" | "once" | "never";
}

/** Error statuses of a server, or of a proxy before it, that pass by themselves. */
const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);
/** Ollama answers 500 to some wrong requests. */
const BAD_REQUEST = /invalid json schema|invalid format|invalid option|must be of type/i;
const OUT_OF_MEMORY =
  /requires more system memory|out of memory|cudaMalloc failed|cannot allocate/i;

const UNDONE: Readonly<Record<CallPurpose, string>> = {
  answer: "gave no answer",
  load: "was not ready",
  list: "did not answer",
};

/** True for the refusal of a prompt that is longer than the context window. */
export function isPromptTooLong(error: unknown): boolean {
  return error instanceof HttpStatusError && error.status === 400 &&
    /exceeds? the (?:available )?context (?:length|size|window)/i.test(error.serverMessage);
}

/** Explains whatever a call threw. The host is shown without its password. */
export function explainFailure(cause: unknown, context: CallContext): FailedCall {
  const { host, model } = context;
  const make = (kind: LlmErrorKind, retry: FailedCall["retry"], message: string): FailedCall => ({
    error: new LlmError(kind, message, { cause }),
    retry,
  });

  if (cause instanceof LlmError) {
    return { error: cause, retry: cause.kind === "connection" ? "backoff" : "never" };
  }
  if (cause instanceof HttpStatusError) return explainStatus(cause, context, make);
  if (cause instanceof Deno.errors.NotCapable) {
    return make(
      "request",
      "never",
      `Deno was not allowed to reach Ollama at ${host.display}: run it with ` +
        `--allow-net=${host.netPermission}.`,
    );
  }
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return make(
      "timeout",
      "once",
      `Ollama at ${host.display} ${UNDONE[context.purpose]} with ${model} within ` +
        `${context.timeoutMs / 1000} s: ${timeoutAdvice(context)}.`,
    );
  }
  if (cause instanceof SyntaxError) {
    return make(
      "connection",
      "backoff",
      `Ollama at ${host.display} sent an answer that is not JSON (${cause.message}): check that ` +
        "it is an Ollama server and that no proxy stands before it.",
    );
  }
  if (cause instanceof Error && /error reading a body/i.test(cause.message)) {
    return make(
      "connection",
      "backoff",
      `The connection to Ollama at ${host.display} broke off during the answer: check that the ` +
        "server is still running.",
    );
  }
  return make(
    "connection",
    "backoff",
    `Ollama at ${host.display} could not be reached (${reasonOf(cause)}): start it with ` +
      "`ollama serve`, or set OLLAMA_HOST.",
  );
}

function timeoutAdvice({ purpose, concurrency }: CallContext): string {
  if (purpose !== "answer") return "see the server's log, or restart it";
  return concurrency > 1
    ? `lower --concurrency (now ${concurrency}; the server answers OLLAMA_NUM_PARALLEL questions at ` +
      "a time, the others wait) or raise --timeout"
    : "raise --timeout";
}

function explainStatus(
  { status, serverMessage }: HttpStatusError,
  { host, model }: CallContext,
  make: (kind: LlmErrorKind, retry: FailedCall["retry"], message: string) => FailedCall,
): FailedCall {
  const answered = `Ollama at ${host.display} answered ${status} "${serverMessage}"`;
  if (OUT_OF_MEMORY.test(serverMessage)) {
    return make(
      "out_of_memory",
      "never",
      `${answered}: ${model} does not fit; lower --num-ctx, take a smaller model or quantisation, ` +
        "or free memory (`ollama ps`, `ollama stop`).",
    );
  }
  if (status === 404 && /model/i.test(serverMessage)) {
    return make("request", "never", `Ollama at ${host.display} has no model "${model}".`);
  }
  if (status === 404) {
    return make(
      "request",
      "never",
      `${answered}: this is not an Ollama server, or its address has another path.`,
    );
  }
  if (status === 401 || status === 403) {
    return make(
      "request",
      "never",
      `${answered}: put user and password into OLLAMA_HOST, or let this address in.`,
    );
  }
  if (/does not support thinking/i.test(serverMessage)) {
    return make("request", "never", `${answered}: leave thinking off for this model.`);
  }
  if (BAD_REQUEST.test(serverMessage) || !PASSING_STATUS.has(status) && status < 500) {
    return make("request", "never", `${answered}: the request is not right for this server.`);
  }
  const advice = status === 503
    ? "its queue is full; lower --concurrency"
    : "see the server's log for the cause";
  return make(
    "server",
    PASSING_STATUS.has(status) ? "backoff" : "never",
    `${answered}: ${advice}.`,
  );
}

/** The innermost reason, without the address, which may hold what `display` masks. */
function reasonOf(cause: unknown): string {
  let error = cause;
  while (error instanceof Error && error.cause instanceof Error) error = error.cause;
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^.*?client error \(Connect\): /, "").replace(/\(?https?:\/\/\S+/g, "")
    .replace(/(: [^:]*\(os error \d+\)).*$/, "$1");
}
