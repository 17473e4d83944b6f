import assert from "node:assert/strict";
import {
  DOUBLE_FAULTS,
  type DoubleOptions,
  doubleOptionsOf,
  startOllamaDouble,
} from "./ollama_double.ts";

const REAL_URL = Deno.env.get("HOUQA_TEST_OLLAMA");
const REAL_MODEL = Deno.env.get("HOUQA_TEST_OLLAMA_MODEL") ?? "smollm2-135m";

/** The names of all fields with the types of their values; an array shows its first element's. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : [shapeOf(value[0])];
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, one]) => [
      key,
      shapeOf(one),
    ]),
  );
}

const MESSAGES = [
  { role: "system", content: "Answer with one letter." },
  { role: "user", content: "Which is a fruit?\na rock\nb apple\nc car\nd sky" },
];
const CHAT = {
  messages: MESSAGES,
  stream: false,
  think: false,
  truncate: false,
  shift: false,
  options: { num_ctx: 1024, num_predict: 6, temperature: 0, seed: 1 },
};
const LETTER = { type: "string", enum: ["a", "b", "c", "d"] };
const OBJECT = { type: "object", properties: { answer: LETTER }, required: ["answer"] };

/** Calls whose answers must have the same form. `only` compares the named fields alone. */
const CALLS: readonly { name: string; path: string; body?: object; only?: string[] }[] = [
  { name: "version", path: "/api/version" },
  { name: "tags", path: "/api/tags" },
  { name: "load", path: "/api/generate", body: { stream: false, options: { num_ctx: 1024 } } },
  { name: "ps after a load", path: "/api/ps" },
  { name: "show", path: "/api/show", body: {}, only: ["details", "capabilities", "modelfile"] },
  { name: "chat", path: "/api/chat", body: CHAT },
  {
    name: "chat cut at one token: the duration of zero is left out",
    path: "/api/chat",
    body: { ...CHAT, options: { ...CHAT.options, num_predict: 1 } },
  },
  { name: "chat with log-probabilities", path: "/api/chat", body: { ...CHAT, logprobs: true } },
  {
    name: "chat with likeliest tokens",
    path: "/api/chat",
    body: { ...CHAT, logprobs: true, top_logprobs: 2, format: LETTER },
  },
  { name: "missing model", path: "/api/chat", body: { ...CHAT, model: "nosuch" } },
  { name: "show of a missing model", path: "/api/show", body: { model: "nosuch" } },
  { name: "thinking without the ability", path: "/api/chat", body: { ...CHAT, think: true } },
  { name: "too many likeliest tokens", path: "/api/chat", body: { ...CHAT, top_logprobs: 30 } },
  {
    name: "prompt too long",
    path: "/api/chat",
    body: { ...CHAT, messages: [{ role: "user", content: "法律 ".repeat(1500) }] },
  },
  { name: "unknown path", path: "/api/nosuch", body: {} },
];

interface Got {
  status: number;
  type: string | null;
  body: unknown;
}

async function call(url: string, model: string, one: typeof CALLS[number]): Promise<Got> {
  const init = one.body && { method: "POST", body: JSON.stringify({ model, ...one.body }) };
  const response = await fetch(url + one.path, init);
  const text = await response.text();
  const type = response.headers.get("content-type")?.split(";")[0] ?? null;
  return { status: response.status, type, body: type === "text/plain" ? text : JSON.parse(text) };
}

function picked(body: unknown, only: string[] | undefined): unknown {
  return only
    ? Object.fromEntries(only.map((key) => [key, (body as Record<string, unknown>)[key]]))
    : body;
}

for (const one of CALLS) {
  Deno.test({
    name: `the double's answer has the form of the real server's: ${one.name}`,
    ignore: REAL_URL === undefined,
    fn: async () => {
      await using double = await startOllamaDouble();
      if (one.path === "/api/ps") await fetchText(double.url, "/api/generate", { model: "double" });
      const ours = await call(double.url, "double", one);
      const theirs = await call(REAL_URL ?? "", REAL_MODEL, one);
      assert.deepEqual([ours.status, ours.type], [theirs.status, theirs.type]);
      assert.deepEqual(
        shapeOf(picked(ours.body, one.only)),
        shapeOf(picked(theirs.body, one.only)),
      );
      if (theirs.status >= 400) {
        const worded = (got: Got) => JSON.stringify(got.body).replaceAll(REAL_MODEL, "double");
        assert.equal(worded(ours), worded(theirs));
      }
    },
  });
}

async function fetchText(url: string, path: string, body?: unknown): Promise<string> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return await (await fetch(url + path, init)).text();
}

async function chat(options: DoubleOptions, changes: object = {}) {
  await using double = await startOllamaDouble(options);
  const text = await fetchText(double.url, "/api/chat", { model: "double", ...CHAT, ...changes });
  return JSON.parse(text);
}

// What was recorded from Ollama 0.17.4, for where there is none to ask.

Deno.test("a chat answer has the recorded fields", async () => {
  const answer = await chat({}, { logprobs: true, top_logprobs: 1 });
  assert.deepEqual(shapeOf(answer), {
    created_at: "string",
    done: "boolean",
    done_reason: "string",
    eval_count: "number",
    eval_duration: "number",
    load_duration: "number",
    logprobs: [{
      bytes: ["number"],
      logprob: "number",
      token: "string",
      top_logprobs: [{ bytes: ["number"], logprob: "number", token: "string" }],
    }],
    message: { content: "string", role: "string" },
    model: "string",
    prompt_eval_count: "number",
    prompt_eval_duration: "number",
    total_duration: "number",
  });
});

Deno.test("an answer that repetition ended has no reason and no counts", async () => {
  const answer = await chat({ faults: [{ kind: "repetition" }] });
  assert.deepEqual(Object.keys(answer), ["model", "created_at", "message", "done"]);
  assert.equal(answer.done, false);
});

Deno.test("a constrained letter comes as a JSON string, an object spaced", async () => {
  const reply = () => "b";
  assert.equal((await chat({ reply }, { format: LETTER })).message.content, '"b"');
  const object = await chat({ reply }, {
    format: OBJECT,
    options: { ...CHAT.options, num_predict: 0 },
  });
  assert.equal(object.message.content, '{ "answer": "b" }');
  assert.equal(object.done_reason, "stop");
  assert.equal((await chat({ reply }, { format: "json" })).message.content, "b");
});

Deno.test("the default answer depends on the messages and nothing else", async () => {
  const [first, second] = [await chat({}), await chat({}, { options: { seed: 5 } })];
  assert.equal(first.message.content, second.message.content);
  const answers = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const messages = [{ role: "user", content: `question ${i}` }];
    answers.add((await chat({}, { messages })).message.content);
  }
  assert.deepEqual([...answers].sort(), ["a", "b", "c", "d"]);
});

Deno.test("an old server drops the oldest messages and cuts the last one", async () => {
  const options = { ...CHAT.options, num_ctx: 100 };
  const old = { role: "user", content: "x".repeat(1000) };
  const dropped = await chat({ ignoresTruncate: true }, { options, messages: [old, ...MESSAGES] });
  assert.equal(dropped.prompt_eval_count, 5 + 6 + 5 + 11);
  const cut = await chat({ ignoresTruncate: true }, { options, messages: [old] });
  assert.equal(cut.prompt_eval_count, 100);
});

Deno.test("requests are kept, faults can come later, a broken body is refused", async () => {
  await using double = await startOllamaDouble();
  double.faults.push(DOUBLE_FAULTS.queueFull);
  const refused = await fetch(`${double.url}/api/chat`, { method: "POST", body: "{}" });
  assert.deepEqual([refused.status, (await refused.json()).error], [
    503,
    DOUBLE_FAULTS.queueFull.error,
  ]);
  const broken = await fetch(`${double.url}/api/chat`, { method: "POST", body: "{" });
  assert.deepEqual([broken.status, await broken.json()], [400, { error: "unexpected EOF" }]);
  assert.deepEqual(double.requests.map(({ method, path }) => `${method} ${path}`), [
    "POST /api/chat",
    "POST /api/chat",
  ]);
  await double.chatsReached(1);
});

Deno.test("a port in use is an error", async () => {
  await using double = await startOllamaDouble();
  const port = Number(new URL(double.url).port);
  await assert.rejects(startOllamaDouble({ port }), /EADDRINUSE|in use/i);
});

Deno.test("as a program it takes a port, a latency and a model", () => {
  assert.deepEqual(doubleOptionsOf([]), { port: 0, latencyMs: 0 });
  assert.deepEqual(
    doubleOptionsOf(["--port", "1234", "--latency-ms", "5", "--model", "qwen3:8b"]),
    {
      port: 1234,
      latencyMs: 5,
      models: [{ name: "qwen3:8b", contextLength: 8192 }],
    },
  );
  assert.throws(() => doubleOptionsOf(["--port", "x"]), /--port "x" is no number/);
});
