import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { UsageError } from "../settings/usage_error.ts";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { exportTo } from "../onnx/exported_double.ts";
import { SMALL_QWEN3, withoutEnd, writeTinyModel } from "../onnx/tiny_model_double.ts";
import { HfWorkerLlm, type HfWorkerOptions } from "./hf_worker_llm.ts";
import type { HfWorkerReply, HfWorkerRequest } from "./hf_worker_messages.ts";
import { type Completion, type InvokeOverrides, LlmError, type Prompt } from "./llm.ts";
import { type ModelFolder, readModelFolder } from "./model_folder.ts";

function promptOf(content: string): Prompt {
  return {
    messages: [{ role: "user", content }],
    parts: { context: "", question: content, choices: { a: "1", b: "2", c: "3", d: "4" } },
  };
}

const NOWHERE: ModelFolder = {
  folder: "nowhere",
  modelPath: "nowhere/onnx/model.onnx",
  dataFiles: [],
  shape: { layers: 1, kvHeads: 1, headDim: 8 },
  isOurs: true,
  maxPositions: 64,
  endTokens: [],
  topK: 0,
  topP: 1,
};
const OPEN: HfWorkerOptions["open"] = {
  model: NOWHERE,
  device: "cpu",
  threads: 1,
  defaults: { maxNewTokens: 4, temperature: 0, seed: 0, think: false },
  identity: { backend: "hf", model: "m", versions: { revision: "r1" } },
};

async function failure(action: Promise<unknown>): Promise<LlmError> {
  try {
    await action;
  } catch (error) {
    assert.ok(error instanceof LlmError, String(error));
    return error;
  }
  throw new Error("nothing failed");
}

/** What a scripted thread does with a message: replies, and now and then dies. */
type Script = (request: HfWorkerRequest, thread: FakeThread) => void;

/** Stands in for a Worker. */
class FakeThread {
  onmessage: ((event: { data: HfWorkerReply }) => void) | undefined;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | undefined;
  isTerminated = false;
  readonly requests: HfWorkerRequest[] = [];
  stop: Int32Array | undefined;

  constructor(readonly script: Script) {}

  postMessage(request: HfWorkerRequest): void {
    this.requests.push(request);
    if (request.kind === "open") this.stop = new Int32Array(request.stop);
    setTimeout(() => this.isTerminated || this.script(request, this));
  }

  reply(data: HfWorkerReply): void {
    if (!this.isTerminated) this.onmessage?.({ data });
  }

  die(message: string): void {
    this.onerror?.({ message, preventDefault() {} });
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

/** Runs a body while new threads follow scripts: the first the first one, the last all others. */
async function withThreads(
  scripts: readonly Script[],
  body: (threads: readonly FakeThread[]) => Promise<void>,
): Promise<void> {
  const real = globalThis.Worker;
  const threads: FakeThread[] = [];
  globalThis.Worker = function () {
    const thread = new FakeThread(scripts[Math.min(threads.length, scripts.length - 1)]!);
    threads.push(thread);
    return thread;
  } as unknown as typeof Worker;
  try {
    await body(threads);
  } finally {
    globalThis.Worker = real;
  }
}

function completionOf({ messages }: Prompt): Completion {
  return { text: `re ${messages[0]!.content}`, finishReason: "stop", seconds: 0.01 };
}

/** Loads, and answers every question. */
const answers: Script = (request, thread) => {
  if (request.kind === "open") return thread.reply({ kind: "opened", identity: request.identity });
  const completions = request.prompts.map(completionOf);
  thread.reply({ kind: "completions", id: request.id, completions });
};

/** Loads, then does something else with questions. */
function onInvoke(
  action: (request: Extract<HfWorkerRequest, { kind: "invoke" }>, thread: FakeThread) => void,
): Script {
  return (request, thread) =>
    request.kind === "open" ? answers(request, thread) : action(request, thread);
}

const options = (more: Partial<HfWorkerOptions> = {}): HfWorkerOptions => ({
  open: OPEN,
  timeoutMs: 60_000,
  ...more,
});

Deno.test("a thread that dies fails its call; the next call starts another", () =>
  withThreads([onInvoke((_, thread) => thread.die("wasm trap")), answers], async (threads) => {
    const llm = await HfWorkerLlm.open(options());
    const error = await failure(llm.invoke(promptOf("1")));
    assert.equal(error.kind, "server");
    assert.match(error.message, /thread stopped: wasm trap/);
    assert.ok(threads[0]!.isTerminated);
    assert.equal((await llm.invoke(promptOf("2"))).text, "re 2");
    assert.equal(threads.length, 2);
    await llm.close();
    assert.ok(threads[1]!.isTerminated);
  }));

Deno.test("a thread that dies between calls is replaced", () =>
  withThreads([answers], async (threads) => {
    const llm = await HfWorkerLlm.open(options());
    threads[0]!.die("killed");
    assert.equal((await llm.invoke(promptOf("1"))).text, "re 1");
    assert.equal(threads.length, 2);
    await llm.close();
  }));

Deno.test("why a model can't be loaded comes through; its thread is ended", async () => {
  const failing =
    (reply: Omit<Extract<HfWorkerReply, { kind: "failed" }>, "kind">): Script => (_, thread) =>
      thread.reply({ kind: "failed", ...reply });
  const cases: [Script, (error: Error) => boolean][] = [
    [
      failing({ name: "UsageError", message: "no onnx/" }),
      (error) => error instanceof UsageError && error.message === "no onnx/",
    ],
    [
      failing({ name: "LlmError", message: "full", errorKind: "out_of_memory" }),
      (error) => error instanceof LlmError && error.kind === "out_of_memory",
    ],
    [
      failing({ name: "TypeError", message: "oh" }),
      (error) => error instanceof LlmError && error.kind === "server" && error.message === "oh",
    ],
    [
      (_, thread) => thread.die("no module"),
      (error) => error instanceof LlmError && /thread stopped: no module/.test(error.message),
    ],
  ];
  for (const [script, check] of cases) {
    await withThreads([script], async () => {
      let closed = 0;
      await assert.rejects(HfWorkerLlm.open(options({ onClose: () => closed++ })), check);
      assert.equal(closed, 1);
    });
  }
});

Deno.test("a signal ends the loading, at once or while it goes on", () =>
  withThreads([() => {}], async (threads) => {
    const reason = new DOMException("enough", "AbortError");
    let closed = 0;
    const onClose = () => closed++;
    const never = HfWorkerLlm.open(options({ signal: AbortSignal.abort(reason), onClose }));
    await assert.rejects(never, (error) => error === reason);
    assert.equal(threads.length, 0);
    const controller = new AbortController();
    const loading = HfWorkerLlm.open(options({ signal: controller.signal, onClose }));
    setTimeout(() => controller.abort(reason), 5);
    await assert.rejects(loading, (error) => error === reason);
    assert.ok(threads[0]!.isTerminated);
    assert.equal(closed, 2);
  }));

Deno.test("a thread that can't load the model again fails that call only", () => {
  const fails: Script = (_, thread) =>
    thread.reply({ kind: "failed", name: "Error", message: "the disk is gone" });
  const dies = onInvoke((_, thread) => thread.die("x"));
  return withThreads([dies, fails, answers], async (threads) => {
    const llm = await HfWorkerLlm.open(options());
    await failure(llm.invoke(promptOf("1")));
    assert.equal((await failure(llm.invoke(promptOf("2")))).message, "the disk is gone");
    assert.ok(threads[1]!.isTerminated);
    assert.equal((await llm.invoke(promptOf("3"))).text, "re 3");
    assert.equal(threads.length, 3);
    await llm.close();
  });
});

Deno.test("a call whose signal fires while the model is loaded again leaves no half-made thread", () => {
  const dies = onInvoke((_, thread) => thread.die("x"));
  return withThreads([dies, () => {}, answers], async (threads) => {
    const llm = await HfWorkerLlm.open(options());
    await failure(llm.invoke(promptOf("1")));
    const controller = new AbortController();
    const call = llm.invoke(promptOf("2"), { signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    await assert.rejects(call, { name: "AbortError" });
    assert.ok(threads[1]!.isTerminated);
    assert.equal((await llm.invoke(promptOf("3"))).text, "re 3");
    await llm.close();
  });
});

Deno.test("closing ends the calls under way, waiting and loading; twice is once", async () => {
  await withThreads([onInvoke(() => {})], async (threads) => {
    let closed = 0;
    const llm = await HfWorkerLlm.open(options({ onClose: () => closed++ }));
    const calls = [llm.invoke(promptOf("1")), llm.invoke(promptOf("2"))];
    const ends = Promise.all(calls.map(failure));
    await wait(10);
    await llm.close();
    await llm.close();
    for (const { kind, message } of await ends) {
      assert.deepEqual([kind, message], ["server", "The model was closed."]);
    }
    assert.equal(closed, 1);
    assert.ok(threads[0]!.isTerminated);
    await failure(llm.invoke(promptOf("3")));
    assert.equal(threads.length, 1);
  });
  await withThreads([onInvoke((_, thread) => thread.die("x")), () => {}], async (threads) => {
    const llm = await HfWorkerLlm.open(options());
    await failure(llm.invoke(promptOf("1")));
    const loading = failure(llm.invoke(promptOf("2")));
    while (threads.length < 2) await wait(1);
    await llm.close();
    assert.equal((await loading).message, "The model was closed.");
    assert.ok(threads[1]!.isTerminated);
  });
});

Deno.test("a call that does not end in time is told so, then its thread is ended", () =>
  withThreads([onInvoke(() => {}), answers], async (threads) => {
    const llm = await HfWorkerLlm.open(options({ timeoutMs: 30, timeoutGraceMs: 30 }));
    const started = performance.now();
    const error = await failure(llm.invoke(promptOf("1")));
    assert.ok(performance.now() - started >= 55);
    assert.equal(error.kind, "timeout");
    assert.match(error.message, /within 0\.03 s: raise --timeout, or lower --max-tokens/);
    // The thread was asked to stop by the number of the call.
    assert.equal(threads[0]!.stop![0], 1);
    assert.ok(threads[0]!.isTerminated);
    assert.equal((await llm.invoke(promptOf("2"))).text, "re 2");
    await llm.close();
  }));

Deno.test("a signal while a call's time is over shortens what the thread still gets", () =>
  withThreads([onInvoke(() => {}), answers], async (threads) => {
    // The thread would be waited for longer than a test may take.
    const llm = await HfWorkerLlm.open(
      options({ timeoutMs: 10, timeoutGraceMs: 3_600_000, graceMs: 10 }),
    );
    const controller = new AbortController();
    const call = failure(llm.invoke(promptOf("1"), { signal: controller.signal }));
    while (threads[0]!.stop?.[0] !== 1) await wait(1);
    controller.abort();
    assert.equal((await call).kind, "timeout");
    assert.ok(threads[0]!.isTerminated);
    await llm.close();
  }));

Deno.test("a thread that stops when it is told to is kept", () => {
  const obeys = onInvoke((request, thread) => {
    if (request.prompts[0]!.messages[0]!.content === "quick") return answers(request, thread);
    const look = () => {
      if (thread.isTerminated) return;
      if (thread.stop![0] !== request.id) return setTimeout(look, 1);
      thread.reply({ kind: "failed", id: request.id, name: "AbortError", message: "ended" });
    };
    look();
  });
  return withThreads([obeys], async (threads) => {
    const llm = await HfWorkerLlm.open(options({ timeoutMs: 100 }));
    assert.equal((await failure(llm.invoke(promptOf("slow")))).kind, "timeout");
    const controller = new AbortController();
    const call = llm.invoke(promptOf("slow"), { signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    await assert.rejects(call, { name: "AbortError" });
    assert.equal((await llm.invoke(promptOf("quick"))).text, "re quick");
    const aborted = llm.invoke(promptOf("quick"), { signal: AbortSignal.abort() });
    await assert.rejects(aborted, { name: "AbortError" });
    assert.equal(threads.length, 1);
    // The last call never reached the thread.
    assert.equal(threads[0]!.requests.filter(({ kind }) => kind === "invoke").length, 3);
    await llm.close();
  });
});

Deno.test("calls are answered in their order, one at a time", () => {
  const underWay: string[] = [];
  const slow = onInvoke((request, thread) => {
    const { content } = request.prompts[0]!.messages[0]!;
    assert.equal(request.prompts.length, 1);
    underWay.push(content);
    setTimeout(() => {
      assert.equal(underWay.at(-1), content);
      answers(request, thread);
    }, content === "1" ? 20 : 0);
  });
  return withThreads([slow], async () => {
    const llm = await HfWorkerLlm.open(options());
    const order: string[] = [];
    const ask = async (text: string) => order.push((await llm.invoke(promptOf(text))).text);
    await Promise.all(["1", "2", "3"].map(ask));
    await ask("4");
    assert.deepEqual(order, ["re 1", "re 2", "re 3", "re 4"]);
    assert.deepEqual(underWay, ["1", "2", "3", "4"]);
    await llm.close();
  });
});

/** Sizes of the batches that a thread was asked for. */
function batches({ requests }: FakeThread): number[] {
  return requests.flatMap((request) => request.kind === "invoke" ? [request.prompts.length] : []);
}

const LETTER: InvokeOverrides = { answerFormat: "letter" };
const NUMBERS = ["1", "2", "3", "4", "5"];

Deno.test("short answers that wait together and follow the same rules go together", () =>
  withThreads([answers], async (threads) => {
    const llm = await HfWorkerLlm.open(options({ batchSize: 3 }));
    const ask = async (all: readonly (readonly [string, InvokeOverrides])[]) =>
      (await Promise.all(all.map(([text, rules]) => llm.invoke(promptOf(text), rules))))
        .map(({ text }) => text);
    assert.deepEqual(
      await ask(NUMBERS.map((text) => [text, LETTER] as const)),
      NUMBERS.map((text) => `re ${text}`),
    );
    assert.deepEqual(batches(threads[0]!), [3, 2]);
    const long = { answerFormat: "text", maxNewTokens: 500 } as const;
    await ask(NUMBERS.slice(0, 2).map((text) => [text, long] as const));
    assert.deepEqual(batches(threads[0]!).slice(2), [1, 1]);
    await ask([["1", LETTER], ["2", { ...LETTER, seed: 2 }], ["3", { ...LETTER, seed: 2 }]]);
    assert.deepEqual(batches(threads[0]!).slice(4), [1, 2]);
    await llm.close();
  }));

Deno.test("a batch that memory does not suffice for is asked one by one, and no other is tried", () => {
  const small = onInvoke((request, thread) => {
    if (request.prompts.length === 1) return answers(request, thread);
    thread.reply({
      kind: "failed",
      id: request.id,
      name: "LlmError",
      message: "full",
      errorKind: "out_of_memory",
    });
  });
  return withThreads([small], async (threads) => {
    const llm = await HfWorkerLlm.open(options({ batchSize: 4 }));
    const all = await Promise.all(NUMBERS.map((text) => llm.invoke(promptOf(text), LETTER)));
    assert.deepEqual(all.map(({ text }) => text), NUMBERS.map((text) => `re ${text}`));
    assert.deepEqual(batches(threads[0]!), [4, 1, 1, 1, 1, 1]);
    await llm.close();
  });
});

Deno.test("a prompt that is too long fails by itself, not with the batch it was in", () => {
  const picky = onInvoke((request, thread) => {
    if (request.prompts.every(({ messages }) => messages[0]!.content !== "3")) {
      return answers(request, thread);
    }
    thread.reply({
      kind: "failed",
      id: request.id,
      name: "LlmError",
      message: "does not fit",
      errorKind: "prompt_cut",
    });
  });
  return withThreads([picky], async (threads) => {
    const llm = await HfWorkerLlm.open(options({ batchSize: 5 }));
    const all = await Promise.allSettled(
      NUMBERS.map((text) => llm.invoke(promptOf(text), LETTER)),
    );
    assert.deepEqual(all.map(({ status }) => status), [
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    await Promise.all(["1", "2"].map((text) => llm.invoke(promptOf(text), LETTER)));
    assert.deepEqual(batches(threads[0]!), [5, 1, 1, 1, 1, 1, 2]);
    await llm.close();
  });
});

/** The real thing: how many threads were started, and a way to end one from outside. */
async function withRealThreads(body: (threads: readonly Worker[]) => Promise<void>): Promise<void> {
  const Real = globalThis.Worker;
  const threads: Worker[] = [];
  globalThis.Worker = class extends Real {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      threads.push(this);
    }
  };
  try {
    await body(threads);
  } finally {
    globalThis.Worker = Real;
  }
}

Deno.test("a real thread: answers, timeouts, signals, and one that dies", () =>
  inTempFolder((folder) =>
    withRealThreads(async (threads) => {
      // Never an end token, and room for minutes of writing.
      await writeTinyModel(join(folder, "m"), {
        config: { ...SMALL_QWEN3, max_position_embeddings: 65536 },
        change: withoutEnd,
      });
      await exportTo(join(folder, "o"), join(folder, "m"), "fp32");
      let closed = 0;
      const llm = await HfWorkerLlm.open({
        open: { ...OPEN, model: await readModelFolder(join(folder, "o"), "fp32") },
        timeoutMs: 800,
        timeoutGraceMs: 1000,
        batchSize: 2,
        onClose: () => closed++,
      });
      const { device, contextLength, versions, model } = llm.identity;
      assert.deepEqual([model, device, contextLength], ["m", "cpu", 65536]);
      assert.deepEqual(
        Object.keys(versions).sort(),
        ["@huggingface/jinja", "@huggingface/tokenizers", "onnxruntime-node", "revision"],
      );
      assert.match(versions["onnxruntime-node"]!, /^\d+\.\d+\.\d+/);

      const { text, completionTokens, finishReason } = await llm.invoke(promptOf("法"));
      assert.deepEqual([completionTokens, finishReason], [4, "length"]);
      const long = { maxNewTokens: 60_000 };
      const error = await failure(llm.invoke(promptOf("法"), long));
      assert.equal(error.kind, "timeout");
      const controller = new AbortController();
      const call = llm.invoke(promptOf("法"), { ...long, signal: controller.signal });
      setTimeout(() => controller.abort(), 50);
      await assert.rejects(call, { name: "AbortError" });
      assert.equal((await llm.invoke(promptOf("法"))).text, text);
      // While a prompt is read it ends between two pieces.
      const page = promptOf("法律".repeat(9000));
      assert.equal((await failure(llm.invoke(page))).kind, "timeout");
      const reading = new AbortController();
      const read = llm.invoke(page, { signal: reading.signal });
      setTimeout(() => reading.abort(), 50);
      await assert.rejects(read, { name: "AbortError" });
      assert.equal((await llm.invoke(promptOf("法"))).text, text);
      const short = { maxNewTokens: 4 };
      const both = await Promise.all(["法", "律"].map((q) => llm.invoke(promptOf(q), short)));
      assert.equal(both[0]!.text, text);
      assert.equal(threads.length, 1);

      // Nothing tells that a thread was ended from outside: the call's time runs out.
      const lost = llm.invoke(promptOf("法"), long);
      await wait(20);
      threads[0]!.terminate();
      assert.equal((await failure(lost)).kind, "timeout");
      assert.equal((await llm.invoke(promptOf("法"))).text, text);
      assert.equal(threads.length, 2);
      await llm.close();
      await llm.close();
      assert.equal(closed, 1);
    })
  ));

Deno.test("a real thread says why it can't load a model", () =>
  inTempFolder(async (folder) => {
    const open = async () => {
      const model = await readModelFolder(join(folder, "o"), "fp32");
      return await HfWorkerLlm.open({ open: { ...OPEN, model }, timeoutMs: 1000 });
    };
    await writeTinyModel(join(folder, "m"));
    await exportTo(join(folder, "o"), join(folder, "m"), "fp32");
    await Deno.rename(join(folder, "o", "tokenizer.json"), join(folder, "tokenizer.json"));
    await assert.rejects(
      open(),
      (error) => error instanceof UsageError && /tokenizer in .*: No such file/.test(error.message),
    );
    await Deno.truncate(join(folder, "o", "onnx", "model.onnx"), 700);
    const error = await failure(open());
    assert.equal(error.kind, "server");
    assert.match(error.message, /^The model failed: /);
  }));
