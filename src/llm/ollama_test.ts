import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import assert from "node:assert/strict";
import denoConfig from "../../deno.json" with { type: "json" };
import { UsageError } from "../settings/usage_error.ts";
import { type InvokeOverrides, type Llm, LlmError, type LlmErrorKind, type Prompt } from "./llm.ts";
import { createOllamaLlm, OLLAMA_CLIENT, type OllamaOptions } from "./ollama.ts";
import { DOUBLE_FAULTS, type DoubleOptions, startOllamaDouble } from "./ollama_double.ts";
import { LOADED_SIZE_BYTES } from "./ollama_double_answers.ts";
import { parseOllamaHost } from "./ollama_host.ts";

const CHOICES = { a: "十日", b: "二十日", c: "三十日", d: "四十日" };

function promptOf(question: string, system = "あなたは法律の専門家です。"): Prompt {
  return {
    messages: [{ role: "system", content: system }, { role: "user", content: question }],
    parts: { context: "", question, choices: CHOICES },
  };
}

const QUESTION = promptOf(
  "届出の期限はいつか。\na 十日\nb 二十日\nc 三十日\nd 四十日\n記号一文字で答えてください。",
);

function optionsFor(url: string, changes: Partial<OllamaOptions> = {}): OllamaOptions {
  return {
    host: parseOllamaHost(url),
    model: "double",
    maxNewTokens: 16,
    temperature: 0,
    seed: 1,
    think: false,
    structuredOutput: true,
    timeoutMs: 60_000,
    sizing: { longestPromptBytes: 400 },
    concurrency: 1,
    retries: { firstDelayMs: 1, jitter: false },
    ...changes,
  };
}

async function failure(promise: Promise<unknown>, kind: LlmErrorKind): Promise<LlmError> {
  const error = await promise.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof LlmError, `no LlmError but ${error}`);
  assert.equal(error.kind, kind, error.message);
  return error;
}

/** Collects the log of what runs. */
async function logged(run: () => Promise<void>): Promise<string[]> {
  const records: LogRecord[] = [];
  configureSync({
    reset: true,
    sinks: { memory: (record) => records.push(record) },
    loggers: [
      { category: ["houqa"], sinks: ["memory"], lowestLevel: "warning" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await run();
  } finally {
    resetSync();
  }
  return records.map((record) => record.message.join(""));
}

// The same behaviour from the double and, where one is named, from a real server.

const REAL_URL = Deno.env.get("HOUQA_TEST_OLLAMA");
const REAL_MODEL = Deno.env.get("HOUQA_TEST_OLLAMA_MODEL") ?? "smollm2-135m";

function onBoth(
  name: string,
  run: (options: OllamaOptions) => Promise<void>,
  ofDouble: DoubleOptions = {},
): void {
  Deno.test(`${name} (double)`, async () => {
    // As many tokens per byte as SmolLM2 needs for Japanese.
    await using double = await startOllamaDouble({ tokensPerByte: 0.61, ...ofDouble });
    await run(optionsFor(double.url));
  });
  Deno.test({
    name: `${name} (real server)`,
    ignore: REAL_URL === undefined,
    fn: () => run(optionsFor(REAL_URL ?? "", { model: REAL_MODEL })),
  });
}

onBoth("answers with text, counts and identity", async (options) => {
  const llm = await createOllamaLlm(options);
  try {
    const completion = await llm.invoke(QUESTION, { maxNewTokens: 4 });
    assert.ok(completion.text.length > 0);
    assert.ok((completion.promptTokens ?? 0) > 30);
    assert.ok((completion.completionTokens ?? 0) >= 1);
    assert.ok(completion.seconds > 0 && completion.seconds < 60);
    assert.equal(completion.attempts, 1);
    const { backend, model, modelDigest, dtype, numCtx, contextLength, versions } = llm.identity;
    assert.equal(backend, "ollama");
    assert.equal(model, options.model);
    assert.match(modelDigest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.match(dtype ?? "", /^(Q\d|F\d)/);
    assert.equal(numCtx, 1024);
    assert.ok((contextLength ?? 0) >= 2048);
    assert.equal(versions.ollama_client, OLLAMA_CLIENT);
    assert.match(versions.ollama_server ?? "", /^\d+\./);
    assert.match(llm.identity.device ?? "", /^(cpu|gpu)/);
  } finally {
    await llm.close();
    await llm.close();
  }
});

onBoth("a constrained answer is one letter, with log-probabilities", async (options) => {
  const llm = await createOllamaLlm(options);
  try {
    const completion = await llm.invoke(QUESTION, { answerFormat: "letter" });
    assert.match(completion.text, /^"[abcd]"\s*$/);
    const letters = Object.values(completion.letterLogprobs ?? {});
    assert.ok(letters.length === 0 || letters.length >= 2);
    if (letters.length > 0) {
      const sum = letters.reduce((total, value) => total + Math.exp(value), 0);
      assert.ok(Math.abs(sum - 1) < 1e-9);
    }
  } finally {
    await llm.close();
  }
});

onBoth("the same question gets the same answer", async (options) => {
  const llm = await createOllamaLlm(options);
  try {
    const [first, second] = [await llm.invoke(QUESTION), await llm.invoke(QUESTION)];
    assert.equal(second.text, first.text);
    assert.equal(second.promptTokens, first.promptTokens, "a cached prompt counts as a whole");
  } finally {
    await llm.close();
  }
});

onBoth("the token limit shows as the finish reason", async (options) => {
  const llm = await createOllamaLlm({ ...options, maxNewTokens: 1 });
  try {
    const completion = await llm.invoke(QUESTION);
    assert.equal(completion.finishReason, "length");
    assert.equal(completion.completionTokens, 1);
  } finally {
    await llm.close();
  }
});

const SENTENCE = "届出は三十日以内にしなければならない。";
const LONG = promptOf(SENTENCE.repeat(34));

/** A prompt that is a little longer than 1024 of this model's tokens. */
async function justTooLong(llm: Llm): Promise<Prompt> {
  const [short = 0, longer = 0] = [
    (await llm.invoke(promptOf(SENTENCE.repeat(4)), { maxNewTokens: 1 })).promptTokens,
    (await llm.invoke(promptOf(SENTENCE.repeat(8)), { maxNewTokens: 1 })).promptTokens,
  ];
  return promptOf(SENTENCE.repeat(Math.ceil(1100 / ((longer - short) / 4))));
}

onBoth("a prompt longer than an explicit window is refused with the figures", async (options) => {
  const llm = await createOllamaLlm({ ...options, numCtx: 1024 });
  try {
    const error = await failure(llm.invoke(await justTooLong(llm)), "prompt_cut");
    assert.match(error.message, /\d{4} bytes .* 1024 tokens: raise --num-ctx \(up to \d+\) or/);
  } finally {
    await llm.close();
  }
});

onBoth("an automatic window grows when a prompt is longer", async (options) => {
  const log = await logged(async () => {
    const llm = await createOllamaLlm(options);
    try {
      assert.equal(llm.identity.numCtx, 1024);
      const completion = await llm.invoke(await justTooLong(llm), { maxNewTokens: 1 });
      assert.ok((completion.promptTokens ?? 0) > 1024);
      assert.equal(completion.attempts, 2);
      assert.equal(llm.identity.numCtx, 2048);
    } finally {
      await llm.close();
    }
  });
  assert.deepEqual(log, [
    "A prompt did not fit in 1024 tokens: the context window is now 2048 tokens.",
  ]);
});

onBoth("a cancelled question ends at once", async (options) => {
  const llm = await createOllamaLlm(options);
  try {
    const controller = new AbortController();
    const answer = llm.invoke(QUESTION, { maxNewTokens: 500, signal: controller.signal });
    setTimeout(() => controller.abort(), 2);
    await assert.rejects(answer, { name: "AbortError" });
    await assert.rejects(llm.invoke(QUESTION, { signal: controller.signal }), {
      name: "AbortError",
    });
  } finally {
    await llm.close();
  }
}, { faults: [{ kind: "hang" }] });

onBoth("a model that is not there is named with those that are", async (options) => {
  const error = await failure(createOllamaLlm({ ...options, model: "nosuch:1b" }), "request");
  assert.match(
    error.message,
    /has no model "nosuch:1b" \(it has .*:latest.*\): .*ollama pull nosuch/,
  );
});

onBoth("thinking with a model that cannot think is explained", async (options) => {
  const error = await failure(createOllamaLlm({ ...options, think: true }), "request");
  assert.match(error.message, /can't think: leave --think out/);
});

// What is sent.

Deno.test("every call says what must not be left to the server's defaults", async () => {
  await using double = await startOllamaDouble();
  const llm = await createOllamaLlm(optionsFor(double.url, { seed: 7, numCtx: 2048 }));
  await llm.invoke(QUESTION, { answerFormat: "letter" });
  await llm.invoke(QUESTION, { temperature: 0.7, seed: 9, maxNewTokens: 3 });
  await llm.close();
  const [letter, text] = double.chats;
  assert.deepEqual(letter, {
    model: "double",
    messages: QUESTION.messages,
    stream: false,
    truncate: false,
    shift: false,
    think: false,
    keep_alive: "30m",
    logprobs: true,
    top_logprobs: 20,
    format: { type: "string", enum: ["a", "b", "c", "d"] },
    options: { num_ctx: 2048, num_predict: 16, temperature: 0, seed: 7 },
  });
  assert.equal(text?.format, undefined);
  assert.deepEqual(text?.options, { num_ctx: 2048, num_predict: 3, temperature: 0.7, seed: 9 });
  const load = double.requests.find(({ path }) => path === "/api/generate");
  assert.deepEqual((load?.body as { options: unknown }).options, { num_ctx: 2048 });
});

Deno.test("user and password are sent as a header", async () => {
  await using double = await startOllamaDouble();
  const llm = await createOllamaLlm(optionsFor(double.url.replace("//", "//me:secret@")));
  await llm.invoke(QUESTION);
  await llm.close();
  for (const { headers } of double.requests) {
    assert.equal(headers.authorization, `Basic ${btoa("me:secret")}`);
  }
  assert.doesNotMatch(JSON.stringify(llm.identity), /secret/);
});

Deno.test("thinking: no format, and the thinking part apart", async () => {
  await using double = await startOllamaDouble({
    models: [{ name: "double:latest", contextLength: 8192, thinking: true }],
    reply: () => ({ text: "c", thinking: "答え: a かもしれない" }),
  });
  const llm = await createOllamaLlm(optionsFor(double.url, { think: true, maxNewTokens: 100 }));
  const completion = await llm.invoke(QUESTION, { answerFormat: "letter" });
  await llm.close();
  assert.equal(double.chats[0]?.format, undefined);
  assert.equal(completion.text, "c");
  assert.equal(completion.thinking, "答え: a かもしれない");
  assert.ok(Math.abs((completion.letterLogprobs?.c ?? 0) - Math.log(0.7)) < 1e-9);
});

Deno.test("the device follows where the server put the model", async () => {
  for (const [share, device] of [[0, "cpu"], [0.63, "gpu 63 %"], [1, "gpu"]] as const) {
    await using double = await startOllamaDouble({
      models: [{
        name: "double:latest",
        contextLength: 8192,
        sizeVramBytes: share * LOADED_SIZE_BYTES,
      }],
    });
    const llm = await createOllamaLlm(optionsFor(double.url));
    assert.equal(llm.identity.device, device);
    await llm.close();
  }
});

Deno.test("the client's version is the one in deno.json", () => {
  const specifier: string = denoConfig.imports.ollama;
  assert.ok(specifier.includes(OLLAMA_CLIENT.replace("ollama-js ", "ollama@")), specifier);
});

Deno.test("numbers that cannot be right are refused before anything is sent", async () => {
  for (const wrong of [{ maxNewTokens: 0 }, { timeoutMs: 0 }, { numCtx: 0.5 }]) {
    await assert.rejects(createOllamaLlm(optionsFor("127.0.0.1:1", wrong)), UsageError);
  }
  await using double = await startOllamaDouble();
  const llm = await createOllamaLlm(optionsFor(double.url));
  await failure(llm.invoke(QUESTION, { maxNewTokens: 0 }), "request");
  await llm.close();
  await failure(llm.invoke(QUESTION), "request");
});

// The context window.

Deno.test("several questions that are too long at once grow the window once", async () => {
  await using double = await startOllamaDouble({ tokensPerByte: 0.61, latencyMs: 2 });
  const log = await logged(async () => {
    const llm = await createOllamaLlm(optionsFor(double.url));
    await Promise.all([1, 2, 3, 4].map((seed) => llm.invoke(LONG, { seed })));
    assert.equal(llm.identity.numCtx, 2048);
    await llm.close();
  });
  assert.equal(log.length, 1);
  assert.equal(double.chats.length, 8);
});

Deno.test("a window that cannot grow any more is an error", async () => {
  await using double = await startOllamaDouble({
    models: [{ name: "double:latest", contextLength: 1024 }],
    tokensPerByte: 0.61,
  });
  const llm = await createOllamaLlm(optionsFor(double.url));
  const error = await failure(llm.invoke(LONG), "prompt_cut");
  await llm.close();
  assert.match(error.message, /1024 tokens, the most double was trained for: shorten the context/);
});

Deno.test("an answer that the window cut is asked again in a larger one", async () => {
  await using double = await startOllamaDouble({
    tokensPerByte: 0.51,
    reply: () => "あ".repeat(200),
  });
  const llm = await createOllamaLlm(optionsFor(double.url, { maxNewTokens: 100 }));
  const completion = await llm.invoke(LONG);
  await llm.close();
  assert.equal(completion.completionTokens, 100);
  assert.equal(completion.attempts, 2);
  assert.equal(llm.identity.numCtx, 2048);
});

Deno.test("an answer that an explicit window cut is a cut answer, said once", async () => {
  await using double = await startOllamaDouble({
    tokensPerByte: 0.51,
    reply: () => "あ".repeat(99),
  });
  const log = await logged(async () => {
    const options = optionsFor(double.url, { numCtx: 1024, maxNewTokens: 100 });
    const llm = await createOllamaLlm(options);
    for (let i = 0; i < 2; i++) {
      const completion = await llm.invoke(LONG);
      assert.equal(completion.finishReason, "length");
      assert.ok((completion.completionTokens ?? 0) < 99);
    }
    await llm.close();
  });
  assert.equal(log.length, 1);
});

Deno.test("a server that cuts silently is found out: grown, or an error", async () => {
  await using double = await startOllamaDouble({ tokensPerByte: 0.61, ignoresTruncate: true });
  const automatic = await createOllamaLlm(optionsFor(double.url));
  assert.ok(((await automatic.invoke(LONG)).promptTokens ?? 0) > 1024);
  await automatic.close();
  const explicit = await createOllamaLlm(optionsFor(double.url, { numCtx: 1024 }));
  await failure(explicit.invoke(LONG), "prompt_cut");
  await explicit.close();
});

Deno.test("a server that drops messages silently is found out", async () => {
  await using double = await startOllamaDouble({ ignoresTruncate: true });
  const llm = await createOllamaLlm(optionsFor(double.url, { numCtx: 1024 }));
  const shots: Prompt = {
    ...QUESTION,
    messages: [
      { role: "user", content: "例".repeat(1400) },
      { role: "assistant", content: "a" },
      ...QUESTION.messages,
    ],
  };
  const error = await failure(llm.invoke(shots), "prompt_cut");
  await llm.close();
  assert.match(
    error.message,
    /read \d+ tokens of a prompt of \d+ bytes, at least \d+ were expected/,
  );
});

Deno.test("a larger window than the model has is lowered and said", async () => {
  await using double = await startOllamaDouble();
  const log = await logged(async () => {
    const llm = await createOllamaLlm(optionsFor(double.url, { numCtx: 10_000 }));
    assert.equal(llm.identity.numCtx, 8192);
    await llm.close();
  });
  assert.match(log[0] ?? "", /10000 is more than "?double"? was trained for: 8192/);
});

// Answers.

Deno.test("a server without log-probabilities and counts still answers", async () => {
  await using double = await startOllamaDouble({
    ignoresLogprobs: true,
    omitsPromptEvalCount: true,
    reply: () => "b",
  });
  const llm = await createOllamaLlm(optionsFor(double.url));
  const completion = await llm.invoke(QUESTION, { answerFormat: "letter" });
  await llm.close();
  assert.equal(completion.text, '"b"');
  assert.ok(!("letterLogprobs" in completion) && !("promptTokens" in completion));
});

Deno.test("an answer that is no letter stays as it is", async () => {
  await using double = await startOllamaDouble({ reply: () => '"e" です' });
  const llm = await createOllamaLlm(optionsFor(double.url, { structuredOutput: false }));
  assert.equal((await llm.invoke(QUESTION, { answerFormat: "letter" })).text, '"e" です');
  await llm.close();
});

Deno.test("endless repetition, which the server ends, is an answer cut short", async () => {
  await using double = await startOllamaDouble({ faults: [{ kind: "repetition" }] });
  const llm = await createOllamaLlm(optionsFor(double.url));
  const completion = await llm.invoke(QUESTION);
  await llm.close();
  assert.equal(completion.finishReason, "length");
  assert.equal(completion.attempts, 1);
  assert.match(completion.text, /^( ｂ){31}$/);
});

// Failures.

const PASSING = [
  ["a full queue", DOUBLE_FAULTS.queueFull],
  ["a runner that died", DOUBLE_FAULTS.runnerDied],
  ["a connection closed before the headers", { kind: "drop" }],
  ["a connection closed in the body", { kind: "cut_body" }],
  ["a body that is not JSON", { kind: "invalid_json" }],
  ["an unfinished answer", { kind: "not_done" }],
] as const;

for (const [name, fault] of PASSING) {
  Deno.test(`${name} is asked again`, async () => {
    await using double = await startOllamaDouble({ faults: [fault, fault] });
    const llm = await createOllamaLlm(optionsFor(double.url));
    const completion = await llm.invoke(QUESTION);
    await llm.close();
    assert.equal(completion.attempts, 3);
    assert.equal(double.chats.length, 3, "and nothing is sent behind our back");
  });
}

const FINAL: readonly [string, Parameters<typeof startOllamaDouble>[0], LlmErrorKind, RegExp][] = [
  ["a full queue", { faults: Array(3).fill(DOUBLE_FAULTS.queueFull) }, "server", /--concurrency/],
  ["a dead runner", { faults: Array(3).fill(DOUBLE_FAULTS.runnerDied) }, "server", /server's log/],
  ["a broken body", { faults: Array(3).fill({ kind: "cut_body" }) }, "connection", /broke off/],
  [
    "a dropped connection",
    { faults: Array(3).fill({ kind: "drop" }) },
    "connection",
    /not be reached/,
  ],
  ["HTML", { faults: Array(3).fill({ kind: "invalid_json" }) }, "connection", /not JSON/],
  ["no end", { faults: Array(3).fill({ kind: "not_done" }) }, "connection", /unfinished/],
];

for (const [name, double, kind, message] of FINAL) {
  Deno.test(`${name} three times is an error of kind ${kind}`, async () => {
    await using server = await startOllamaDouble(double);
    const llm = await createOllamaLlm(optionsFor(server.url));
    const error = await failure(llm.invoke(QUESTION), kind);
    await llm.close();
    assert.match(error.message, message);
    assert.ok(error.message.includes(server.url));
    assert.equal(server.chats.length, 3);
  });
}

const AT_ONCE: readonly [string, number, string, LlmErrorKind, RegExp][] = [
  ["a wrong schema", 500, "invalid JSON schema in format", "request", /not right/],
  ["a wrong option", 500, 'option "seed" must be of type integer', "request", /not right/],
  ["a wrong request", 400, "top_logprobs must be between 0 and 20", "request", /not right/],
  ["no permission", 401, "unauthorized", "request", /OLLAMA_HOST/],
  ["another server", 404, "page not found", "request", /not an Ollama server/],
  ["memory of the host", 500, DOUBLE_FAULTS.outOfMemory.error, "out_of_memory", /--num-ctx/],
  ["memory of the GPU", 500, "CUDA error: out of memory", "out_of_memory", /--num-ctx/],
  ["a status without use", 501, "not implemented", "server", /server's log/],
];

for (const [name, status, error, kind, message] of AT_ONCE) {
  Deno.test(`${name} (${status}) is not asked again`, async () => {
    await using double = await startOllamaDouble({ faults: [{ kind: "status", status, error }] });
    const llm = await createOllamaLlm(optionsFor(double.url));
    assert.match((await failure(llm.invoke(QUESTION), kind)).message, message);
    await llm.close();
    assert.equal(double.chats.length, 1);
  });
}

Deno.test("a time limit is tried once more, then an error with advice", async () => {
  await using double = await startOllamaDouble({ faults: Array(3).fill({ kind: "hang" }) });
  const options = optionsFor(double.url, { timeoutMs: 20, concurrency: 4 });
  const llm = await createOllamaLlm(options);
  const error = await failure(llm.invoke(QUESTION), "timeout");
  assert.match(error.message, /within 0\.02 s: lower --concurrency \(now 4/);
  await llm.close();
  assert.equal(double.chats.length, 2);
  double.faults.length = 0;
  double.faults.push({ kind: "hang" });
  const second = await createOllamaLlm(optionsFor(double.url, { timeoutMs: 200 }));
  assert.equal((await second.invoke(QUESTION)).attempts, 2);
  await second.close();
});

Deno.test("a late answer counts the time it took", async () => {
  await using double = await startOllamaDouble({
    faults: [DOUBLE_FAULTS.queueFull, { kind: "delay", latencyMs: 10 }],
  });
  const llm = await createOllamaLlm(optionsFor(double.url));
  const { seconds, attempts } = await llm.invoke(QUESTION);
  await llm.close();
  assert.ok(seconds >= 0.009, `${seconds}`);
  assert.equal(attempts, 2);
});

Deno.test("after a lost connection calls try once until one succeeds", async () => {
  await using double = await startOllamaDouble({ faults: Array(5).fill({ kind: "drop" }) });
  const llm = await createOllamaLlm(optionsFor(double.url));
  const sent: number[] = [];
  for (let i = 0; i < 3; i++) {
    await failure(llm.invoke(QUESTION), "connection");
    sent.push(double.chats.length);
  }
  assert.equal((await llm.invoke(QUESTION)).attempts, 1);
  double.faults.push({ kind: "drop" });
  assert.equal((await llm.invoke(QUESTION)).attempts, 2);
  await llm.close();
  assert.deepEqual(sent, [3, 4, 5]);
});

Deno.test("cancelling ends the wait between two tries", async () => {
  await using double = await startOllamaDouble({ faults: [DOUBLE_FAULTS.queueFull] });
  const retries = { firstDelayMs: 60_000 };
  const llm = await createOllamaLlm(optionsFor(double.url, { retries }));
  const controller = new AbortController();
  const answer = llm.invoke(QUESTION, { signal: controller.signal });
  await double.chatsReached(1);
  setTimeout(() => controller.abort(new Error("a reason of one's own")), 5);
  await assert.rejects(answer, { name: "AbortError" });
  await llm.close();
  assert.equal(double.chats.length, 1);
});

Deno.test("cancelling one question leaves the others alone", async () => {
  await using double = await startOllamaDouble({ faults: [{ kind: "hang" }] });
  const llm = await createOllamaLlm(optionsFor(double.url));
  const controller = new AbortController();
  const overrides: InvokeOverrides = { signal: controller.signal };
  const cancelled = llm.invoke(QUESTION, overrides);
  await double.chatsReached(1);
  const other = llm.invoke(QUESTION);
  controller.abort();
  await assert.rejects(cancelled, { name: "AbortError" });
  assert.equal((await other).attempts, 1);
  await llm.close();
});

// Creation.

Deno.test("a server that is not there: one try, and what to do", async () => {
  const gone = await startOllamaDouble();
  await gone.close();
  const retries = { firstDelayMs: 60_000 };
  const error = await failure(createOllamaLlm(optionsFor(gone.url, { retries })), "connection");
  assert.match(
    error.message,
    /could not be reached \(.*Connection refused.*\): start it with `ollama/,
  );
});

Deno.test("something else than Ollama at the address", async () => {
  const cases = [
    [{ status: 404, body: "404 page not found" }, "request", /not an Ollama server/],
    [{ status: 200, body: "<html>" }, "connection", /not JSON/],
    [{ status: 200, body: "{}" }, "server", /unknown form \(version: /],
    [{ status: 200, body: "[]" }, "server", /unknown form \(as a whole: /],
    [{ status: 502, body: "" }, "server", /502 "empty body"/],
  ] as const;
  for (const [answer, kind, message] of cases) {
    await using double = await startOllamaDouble({
      override: (path) => path === "/api/version" ? answer : undefined,
    });
    assert.match((await failure(createOllamaLlm(optionsFor(double.url)), kind)).message, message);
  }
});

Deno.test("a model that does not fit is known at creation", async () => {
  const { status, error } = DOUBLE_FAULTS.outOfMemory;
  await using double = await startOllamaDouble({
    override: (path) =>
      path === "/api/generate" ? { status, body: JSON.stringify({ error }) } : undefined,
  });
  await failure(createOllamaLlm(optionsFor(double.url)), "out_of_memory");
});

Deno.test("a missing model without a list, and on a server without models", async () => {
  const missing = { model: "nosuch" };
  await using broken = await startOllamaDouble({
    override: (path) => path === "/api/tags" ? { status: 400, body: "{}" } : undefined,
  });
  const short = await failure(createOllamaLlm(optionsFor(broken.url, missing)), "request");
  assert.match(short.message, /has no model "nosuch"\.$/);
  await using empty = await startOllamaDouble({ models: [] });
  const none = await failure(createOllamaLlm(optionsFor(empty.url, missing)), "request");
  assert.match(none.message, /it has none yet/);
});

Deno.test("an unknown device is no reason to fail, and is said", async () => {
  await using double = await startOllamaDouble({
    override: (path) => path === "/api/ps" ? { status: 404, body: "404" } : undefined,
  });
  const log = await logged(async () => {
    const llm = await createOllamaLlm(optionsFor(double.url));
    assert.ok(!("device" in llm.identity));
    await llm.close();
  });
  assert.match(log[0] ?? "", /Where the model runs could not be learnt/);
});

Deno.test("a load that hangs ends at its time limit or when it is cancelled", async () => {
  const never: typeof fetch = (input, init) =>
    String(input).endsWith("/api/generate")
      ? new Promise((_, reject) =>
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))
      )
      : fetch(input, init);
  await using double = await startOllamaDouble();
  const options = optionsFor(double.url, { fetch: never });
  const error = await failure(createOllamaLlm({ ...options, loadTimeoutMs: 5 }), "timeout");
  assert.match(error.message, /was not ready with double within 0.005 s: see the server's log/);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  const cancelled = createOllamaLlm({ ...options, signal: controller.signal });
  await assert.rejects(cancelled, { name: "AbortError" });
});

Deno.test({
  name: "a permission that Deno does not give is named",
  permissions: { net: false },
  fn: async () => {
    const error = await failure(createOllamaLlm(optionsFor("localhost:11434")), "request");
    assert.match(error.message, /--allow-net=localhost:11434\.$/);
  },
});

Deno.test("no request is sent twice when the server closes idle connections", async () => {
  // Answers the first request of a connection and hangs up on the next. With pooled connections
  // Deno sends the next one a second time by itself, and the count of attempts is wrong.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const paths: string[] = [];
  const serve = async (connection: Deno.Conn) => {
    const answer = '{"version":"1"}';
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n`;
    const buffer = new Uint8Array(65_536);
    for (let answered = false;;) {
      const length = await connection.read(buffer);
      const text = new TextDecoder().decode(buffer.subarray(0, length ?? 0));
      const path = /^(?:GET|POST) (\S+)/.exec(text)?.[1];
      if (path) paths.push(path);
      if (length === null || path && answered) return connection.close();
      if (path) await connection.write(new TextEncoder().encode(head + answer));
      answered = true;
    }
  };
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection));
  })();
  const llm = await createOllamaLlm(optionsFor(`127.0.0.1:${listener.addr.port}`));
  await failure(llm.invoke(QUESTION), "server");
  await llm.close();
  listener.close();
  await accepting;
  await Promise.all(serving);
  const names = paths.map((path) => path.replace(/^.*\/api\//, ""));
  assert.deepEqual(names, ["version", "show", "tags", "generate", "ps", "chat"]);
});
