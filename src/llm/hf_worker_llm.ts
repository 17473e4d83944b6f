import { getLogger } from "@logtape/logtape";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { startWorker } from "../start_worker.ts";
import { AUTO_BATCH, BatchChoice, type BatchSize, SHORT_ANSWER } from "./batch_choice.ts";
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
  /** Questions read together; default 1. Only direct answers, and only while several wait. */
  readonly batchSize?: BatchSize;
  /** Called once when the model is closed. */
  readonly onClose?: () => void;
  /** How long a call may take to notice its signal, in milliseconds. */
  readonly graceMs?: number;
  /** How long a call may take to notice that its time is over, in milliseconds. */
  readonly timeoutGraceMs?: number;
}

/** A question that waits for its turn. */
interface Job {
  readonly prompt: Prompt;
  readonly overrides: InvokeOverrides;
  readonly resolve: (completion: Completion) => void;
  readonly reject: (error: unknown) => void;
}

/** A call that the thread is at work on. */
interface Waiting {
  readonly onText?: (piece: string) => void;
  readonly resolve: (completions: readonly Completion[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Somebody waits for the end of the program. */
const GRACE_MS = 5_000;
/** Loading a large model again takes longer than the pass that it is in the middle of. */
const TIMEOUT_GRACE_MS = 60_000;
/** Waiting prompts that the thread is shown beforehand: the other orders of a question. */
const AHEAD = 3;

/**
 * A model in a thread of its own, since a running graph blocks its thread: timeouts, Ctrl-C and the
 * progress display go on working. Calls are answered in their order, alone or in batches.
 */
export class HfWorkerLlm implements Llm {
  #worker: Worker | undefined;
  #identity: LlmIdentity;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  readonly #jobs: Job[] = [];
  readonly #batches: BatchChoice;
  #isWorking = false;
  #isClosed = false;
  /** Ends the loading that is under way. */
  #failStart: ((reason: unknown) => void) | undefined;

  private constructor(readonly options: HfWorkerOptions) {
    this.#identity = options.open.identity;
    this.#batches = new BatchChoice(options.batchSize ?? 1, (size, single, batched) => {
      getLogger(["houqa", "hf"]).info(
        "Questions a pass: {size} ({single} s a question one by one, {batched} s in a batch of {n})",
        { size, single: single.toFixed(3), batched: batched.toFixed(3), n: AUTO_BATCH },
      );
    });
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

  invoke(prompt: Prompt, overrides: InvokeOverrides = {}): Promise<Completion> {
    const { promise, resolve, reject } = Promise.withResolvers<Completion>();
    this.#jobs.push({ prompt, overrides, resolve, reject });
    if (!this.#isWorking) {
      this.#isWorking = true;
      this.#workOff();
    }
    return promise;
  }

  close(): Promise<void> {
    if (!this.#isClosed) this.options.onClose?.();
    this.#isClosed = true;
    this.#drop(new LlmError("server", "The model was closed."));
    return Promise.resolve();
  }

  async #workOff(): Promise<void> {
    for (;;) {
      // Whoever got an answer may ask the next question before the batch is made up.
      await new Promise((resolve) => setTimeout(resolve));
      if (this.#jobs.length === 0) break;
      const [{ overrides }] = this.#jobs as [Job];
      const isShort = overrides.onText === undefined &&
        (overrides.answerFormat === "letter" ||
          (overrides.maxNewTokens ?? Infinity) <= SHORT_ANSWER);
      const alike = this.#jobs.findIndex((job) => !haveSameRules(job.overrides, overrides));
      const waiting = alike === -1 ? this.#jobs.length : alike;
      const size = isShort ? this.#batches.next(waiting) : 1;
      await this.#answer(this.#jobs.splice(0, size));
    }
    this.#isWorking = false;
  }

  /** Answers some jobs in one call; what it throws goes to each of them. */
  async #answer(jobs: readonly Job[]): Promise<void> {
    try {
      for (const { overrides } of jobs) overrides.signal?.throwIfAborted();
      const completions = await this.#ask(jobs);
      jobs.forEach(({ resolve }, index) => resolve(completions[index]!));
      this.#batches.record(jobs.length, completions[0]!.seconds);
    } catch (error) {
      // Alone, each may go: fit in memory or within the model's positions, or be the only one bad.
      const isOver = !(error instanceof LlmError) || error.kind === "timeout" || this.#isClosed;
      if (jobs.length > 1 && !isOver) {
        if (error.kind !== "prompt_cut") this.#batches.giveUp();
        for (const job of jobs) await this.#answer([job]);
        return;
      }
      for (const { reject } of jobs) reject(error);
    }
  }

  async #ask(jobs: readonly Job[]): Promise<readonly Completion[]> {
    if (this.#isClosed) throw new LlmError("server", "The model was closed.");
    const { signal, onText, ...overrides } = jobs[0]!.overrides;
    const isStreamed = onText !== undefined;
    // After a call that would not end.
    if (this.#worker === undefined) await this.#start(signal);
    const id = ++this.#calls;
    const { promise, resolve, reject } = Promise.withResolvers<readonly Completion[]>();
    this.#waiting.set(id, { resolve, reject, ...(isStreamed ? { onText } : {}) });
    const { timeoutMs, graceMs = GRACE_MS, timeoutGraceMs = TIMEOUT_GRACE_MS } = this.options;
    let grace: ReturnType<typeof setTimeout> | undefined;
    let timedOut = false;
    const end = (withinMs: number) => {
      Atomics.store(this.#stop, 0, id);
      clearTimeout(grace);
      grace = setTimeout(
        () => this.#drop(new DOMException("The call was ended.", "AbortError")),
        withinMs,
      );
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end(timeoutGraceMs);
    }, timeoutMs * jobs.length);
    const abort = () => {
      clearTimeout(timer);
      end(graceMs);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const prompts = jobs.map(({ prompt }) => prompt);
      const next = jobs.length > 1 ? [] : this.#jobs.slice(0, AHEAD).map(({ prompt }) => prompt);
      this.#send({ kind: "invoke", id, prompts, next, overrides, isStreamed });
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
      signal?.removeEventListener("abort", abort);
      this.#waiting.delete(id);
    }
  }

  async #start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const worker = startWorker("hf_worker");
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<LlmIdentity>();
    this.#failStart = reject;
    const abort = () => reject(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    worker.onmessage = ({ data }: MessageEvent<HfWorkerReply>) => {
      if (data.kind === "opened") return resolve(data.identity);
      if (data.kind === "text") return this.#waiting.get(data.id)?.onText?.(data.piece);
      if (data.kind === "completions") {
        return this.#waiting.get(data.id)?.resolve(data.completions);
      }
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
    } catch (error) {
      // A thread without a model answers nothing: the next call starts another.
      this.#drop(error);
      throw error;
    } finally {
      this.#failStart = undefined;
      signal?.removeEventListener("abort", abort);
    }
  }

  #send(request: HfWorkerRequest): void {
    this.#worker!.postMessage(request);
  }

  /** Ends the thread and every call in it. */
  #drop(reason: unknown): void {
    this.#failStart?.(reason);
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}

/** Whether two calls can go into one batch. */
function haveSameRules(a: InvokeOverrides, b: InvokeOverrides): boolean {
  return a.temperature === b.temperature && a.maxNewTokens === b.maxNewTokens &&
    a.seed === b.seed && a.answerFormat === b.answerFormat && a.signal === b.signal &&
    a.onText === b.onText;
}

function errorOf(
  { name, message, errorKind }: Extract<HfWorkerReply, { kind: "failed" }>,
): Error {
  if (errorKind !== undefined) return new LlmError(errorKind, message);
  if (name === "AbortError") return new DOMException(message, name);
  if (name === "CannotContinueError") return new CannotContinueError(message);
  if (name === "NotCapable") return new Deno.errors.NotCapable(message);
  return name === "UsageError" ? new UsageError(message) : new LlmError("server", message);
}
