import { UsageError } from "../settings/usage_error.ts";
import type { HfWorkerReply, HfWorkerRequest, OpenRequest } from "./hf_worker_messages.ts";
import {
  type Completion,
  type InvokeOverrides,
  type Llm,
  LlmError,
  type LlmIdentity,
  type Prompt,
} from "./llm.ts";

/** What running a model in its own thread needs. */
export interface HfWorkerOptions {
  readonly open: Omit<OpenRequest, "kind" | "stop">;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the loading. */
  readonly signal?: AbortSignal;
  /** Called once when the model is closed. */
  readonly onClose?: () => void;
  /** How long a call may take to notice that it is to end, in milliseconds. */
  readonly graceMs?: number;
}

interface Waiting {
  readonly resolve: (completion: Completion) => void;
  readonly reject: (error: unknown) => void;
}

const GRACE_MS = 5_000;

/**
 * A model in a thread of its own, since a running graph blocks its thread: timeouts, Ctrl-C and the
 * progress display go on working. Calls are answered one after the other.
 */
export class HfWorkerLlm implements Llm {
  #worker: Worker | undefined;
  #identity: LlmIdentity;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(readonly options: HfWorkerOptions) {
    this.#identity = options.open.identity;
  }

  /**
   * Loads the model.
   * @throws {UsageError | LlmError} why it can't be loaded.
   * @throws {DOMException} `AbortError` when the signal fired.
   */
  static async open(options: HfWorkerOptions): Promise<HfWorkerLlm> {
    const llm = new HfWorkerLlm(options);
    try {
      await llm.#start(options.signal);
    } catch (error) {
      await llm.close();
      throw error;
    }
    return llm;
  }

  get identity(): LlmIdentity {
    return this.#identity;
  }

  async invoke(prompt: Prompt, overrides: InvokeOverrides = {}): Promise<Completion> {
    const before = this.#queue;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue = promise;
    await before;
    try {
      overrides.signal?.throwIfAborted();
      return await this.#ask(prompt, overrides);
    } finally {
      resolve();
    }
  }

  close(): Promise<void> {
    if (!this.#isClosed) this.options.onClose?.();
    this.#isClosed = true;
    this.#drop(new LlmError("server", "The model was closed."));
    return Promise.resolve();
  }

  async #ask(prompt: Prompt, { signal, ...overrides }: InvokeOverrides): Promise<Completion> {
    if (this.#isClosed) throw new LlmError("server", "The model was closed.");
    // After a call that would not end.
    if (this.#worker === undefined) await this.#start(signal);
    const id = ++this.#calls;
    const { promise, resolve, reject } = Promise.withResolvers<Completion>();
    this.#waiting.set(id, { resolve, reject });
    const { timeoutMs, graceMs = GRACE_MS } = this.options;
    let grace: ReturnType<typeof setTimeout> | undefined;
    let timedOut = false;
    const end = () => {
      Atomics.store(this.#stop, 0, id);
      grace = setTimeout(
        () => this.#drop(new DOMException("The call was ended.", "AbortError")),
        graceMs,
      );
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeoutMs);
    signal?.addEventListener("abort", end, { once: true });
    try {
      this.#send({ kind: "invoke", id, prompt, overrides });
      return await promise;
    } catch (error) {
      if (timedOut && error instanceof DOMException) {
        throw new LlmError(
          "timeout",
          `No answer within ${timeoutMs / 1000} s: raise --timeout, or lower --max-tokens.`,
        );
      }
      throw error;
    } finally {
      clearTimeout(timer);
      clearTimeout(grace);
      signal?.removeEventListener("abort", end);
      this.#waiting.delete(id);
    }
  }

  async #start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const worker = new Worker(new URL("./hf_worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<LlmIdentity>();
    const abort = () => reject(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    worker.onmessage = ({ data }: MessageEvent<HfWorkerReply>) => {
      if (data.kind === "opened") return resolve(data.identity);
      if (data.kind === "completion") return this.#waiting.get(data.id)?.resolve(data.completion);
      const error = errorOf(data);
      if (data.id === undefined) reject(error);
      else this.#waiting.get(data.id)?.reject(error);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const error = new LlmError("server", `The model's thread stopped: ${event.message}`);
      reject(error);
      this.#drop(error);
    };
    try {
      this.#send({
        kind: "open",
        ...this.options.open,
        stop: this.#stop.buffer as SharedArrayBuffer,
      });
      this.#identity = await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #send(request: HfWorkerRequest): void {
    this.#worker!.postMessage(request);
  }

  /** Ends the thread and every call in it. */
  #drop(reason: unknown): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}

function errorOf(
  { name, message, errorKind }: Extract<HfWorkerReply, { kind: "failed" }>,
): Error {
  if (errorKind !== undefined) return new LlmError(errorKind, message);
  if (name === "AbortError") return new DOMException(message, name);
  return name === "UsageError" ? new UsageError(message) : new LlmError("server", message);
}
