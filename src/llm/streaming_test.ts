import assert from "node:assert/strict";
import { type Llm, LlmError, type Prompt } from "./llm.ts";
import { createOllamaLlm } from "./ollama.ts";
import { type DoubleOptions, type OllamaDouble, startOllamaDouble } from "./ollama_double.ts";
import { parseOllamaHost } from "./ollama_host.ts";

const PROMPT: Prompt = {
  messages: [{ role: "user", content: "届出の期限はいつか。".repeat(8) }],
  parts: { context: "", question: "", choices: { a: "1", b: "2", c: "3", d: "4" } },
};
const ANSWER = "届出は三十日以内です。𠮷野 (第5条) を見てください。\n以上";

interface Case {
  readonly llm: Llm;
  readonly double: OllamaDouble;
}

async function withLlm(
  options: DoubleOptions,
  body: (given: Case) => Promise<void>,
  settings: { think?: boolean; timeoutMs?: number; maxNewTokens?: number } = {},
): Promise<void> {
  await using double = await startOllamaDouble({ reply: () => ANSWER, ...options });
  const llm = await createOllamaLlm({
    host: parseOllamaHost(double.url),
    model: "double",
    maxNewTokens: settings.maxNewTokens ?? 200,
    temperature: 0,
    seed: 1,
    think: settings.think ?? false,
    structuredOutput: false,
    timeoutMs: settings.timeoutMs ?? 60_000,
    sizing: { longestPromptBytes: 400 },
    concurrency: 1,
    retries: { firstDelayMs: 1, jitter: false },
  });
  try {
    await body({ llm, double });
  } finally {
    await llm.close();
  }
}

Deno.test("a streamed answer comes in pieces that add up to the same completion", () =>
  withLlm({}, async ({ llm, double }) => {
    const whole = await llm.invoke(PROMPT);
    const pieces: string[] = [];
    const streamed = await llm.invoke(PROMPT, { onText: (piece) => pieces.push(piece) });
    assert.ok(pieces.length > 10, `${pieces.length}`);
    assert.equal(pieces.join(""), ANSWER);
    for (const key of ["text", "finishReason", "promptTokens", "completionTokens"] as const) {
      assert.equal(streamed[key], whole[key], key);
    }
    assert.deepEqual(double.chats.map(({ stream }) => stream), [false, true]);
  }));

Deno.test("thinking is kept apart and not shown", () => {
  const models = [{ name: "double:latest", contextLength: 8192, thinking: true }];
  const reply = () => ({ text: "三十日", thinking: "考える 事" });
  return withLlm({ models, reply }, async ({ llm }) => {
    let shown = "";
    const completion = await llm.invoke(PROMPT, { onText: (piece) => shown += piece });
    assert.equal(shown, "三十日");
    assert.equal(completion.thinking, "考える 事");
  }, { think: true });
});

Deno.test("an answer is asked for again only as long as nothing of it was shown", () =>
  withLlm(
    {
      faults: [
        { kind: "drop" },
        { kind: "status", status: 503, error: "server busy" },
        undefined,
        { kind: "cut_body" },
      ],
    },
    async ({ llm, double }) => {
      let shown = "";
      const onText = (piece: string) => shown += piece;
      const completion = await llm.invoke(PROMPT, { onText });
      assert.equal(shown, ANSWER);
      assert.equal(completion.attempts, 3);
      shown = "";
      await assert.rejects(
        llm.invoke(PROMPT, { onText }),
        (error) => error instanceof LlmError && error.kind === "connection",
      );
      assert.equal(double.chats.length, 4);
      assert.ok(shown.length > 5 && ANSWER.startsWith(shown), shown);
    },
  ));

Deno.test("an answer can be stopped, and the next one comes", () =>
  withLlm({ pieceLatencyMs: 20 }, async ({ llm }) => {
    const stop = new AbortController();
    let shown = "";
    const onText = (piece: string) => {
      shown += piece;
      if (shown.length > 3) stop.abort();
    };
    await assert.rejects(
      llm.invoke(PROMPT, { onText, signal: stop.signal }),
      (error) => error instanceof DOMException && error.name === "AbortError",
    );
    assert.ok(shown.length < 8, shown);
    assert.equal((await llm.invoke(PROMPT, { onText: () => {} })).text, ANSWER);
  }));

Deno.test("the time limit holds while pieces come", () =>
  withLlm({ pieceLatencyMs: 50 }, async ({ llm, double }) => {
    await assert.rejects(
      llm.invoke(PROMPT, { onText: () => {} }),
      (error) =>
        error instanceof LlmError && error.kind === "timeout" &&
        /raise --timeout/.test(error.message),
    );
    assert.equal(double.chats.length, 1);
  }, { timeoutMs: 400 }));

Deno.test("a page of a proxy is no stream, and an answer that ends without counts is told", async () => {
  await withLlm({ faults: Array(3).fill({ kind: "invalid_json" }) }, async ({ llm }) => {
    await assert.rejects(llm.invoke(PROMPT, { onText: () => {} }), /is not JSON \(text\/plain/);
  });
  await withLlm({ faults: [{ kind: "repetition" }, { kind: "not_done" }] }, async ({ llm }) => {
    const onText = () => {};
    const repeated = await llm.invoke(PROMPT, { onText });
    assert.equal(repeated.finishReason, "length");
    await assert.rejects(llm.invoke(PROMPT, { onText }), /unfinished answer \(done is false\)/);
  });
});

Deno.test("an answer cut by the window is not begun again once it was shown", () =>
  withLlm(
    { reply: () => ANSWER.repeat(4), tokensPerByte: 4 },
    async ({ llm, double }) => {
      let shown = "";
      const completion = await llm.invoke(PROMPT, {
        onText: (piece) => shown += piece,
        maxNewTokens: 2000,
      });
      assert.equal(completion.text, shown);
      assert.equal(completion.finishReason, "length");
      assert.equal(double.chats.length, 1);
      // The next one has the room.
      await llm.invoke(PROMPT, { onText: () => {}, maxNewTokens: 2000 });
      assert.ok(double.chats[1]!.options!.num_ctx! > double.chats[0]!.options!.num_ctx!);
    },
  ));
