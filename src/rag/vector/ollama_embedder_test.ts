import assert from "node:assert/strict";
import { LlmError } from "../../llm/llm.ts";
import { parseOllamaHost } from "../../llm/ollama_host.ts";
import {
  doubleVector,
  type EmbedDoubleOptions,
  OLLAMA_DIMENSIONS,
  startEmbedDouble,
} from "./ollama_embed_double.ts";
import { OllamaEmbedder, type OllamaEmbedderOptions } from "./ollama_embedder.ts";
import { dotProduct, unitVector } from "./vector_double.ts";

const QUICK = { retries: { tries: 2, firstDelayMs: 1, jitter: false } };

function assertClose(found: Float32Array, text: string): void {
  const expected = unitVector(doubleVector(text));
  expected.forEach((value, at) => assert.ok(Math.abs(value - found[at]!) < 1e-6, text));
}

/** Runs the body with an embedder over a double. */
async function withDouble(
  double: EmbedDoubleOptions,
  options: Partial<OllamaEmbedderOptions>,
  body: (
    embedder: OllamaEmbedder,
    server: ReturnType<typeof startEmbedDouble>,
  ) => Promise<void>,
): Promise<void> {
  await using server = startEmbedDouble(double);
  const embedder = await OllamaEmbedder.open({
    host: parseOllamaHost(server.url),
    model: "bge-m3",
    ...QUICK,
    ...options,
  });
  try {
    await body(embedder, server);
  } finally {
    await embedder.close();
    await embedder.close();
  }
}

Deno.test("texts become vectors of length 1, in their order, and nothing may be cut silently", () =>
  withDouble({}, {}, async (embedder, server) => {
    const { identity } = embedder;
    assert.match(identity.digest, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual({ ...identity, digest: "" }, {
      backend: "ollama",
      model: "bge-m3",
      digest: "",
      dimensions: OLLAMA_DIMENSIONS,
      pooling: "server",
      queryPrefix: "",
      passagePrefix: "",
      maxTokens: 100,
    });
    const texts = Array.from({ length: 40 }, (_, at) => at === 7 ? "" : `第${at}条`);
    const found = await embedder.embed(texts, "passage");
    texts.forEach((text, at) => {
      if (at === 7) assert.deepEqual([...found[at]!], Array(OLLAMA_DIMENSIONS).fill(0));
      else assertClose(found[at]!, text);
    });
    assert.deepEqual(server.requests.map(({ input }) => input.length), [1, 16, 16, 7]);
    for (const { truncate, options } of server.requests) {
      assert.deepEqual([truncate, options?.num_ctx], [false, 100]);
    }
    assert.equal(embedder.cutTexts, 0);
  }));

const LONG = "免許を受けなければならない。".repeat(9) + "あ".repeat(200);
for (const ignoresTruncate of [false, true]) {
  Deno.test(`a text that is too long is cut at a sentence and counted, ${ignoresTruncate ? "" : "not "}cut by the server`, () =>
    withDouble({ ignoresTruncate }, {}, async (embedder) => {
      const fits = "い".repeat(60);
      const [first, cut, whole] = await embedder.embed(["短い。", LONG, fits], "passage");
      assertClose(first!, "短い。");
      // 14 characters a sentence. Seven fill the window as a cut text does: that is not trusted.
      assertClose(cut!, "免許を受けなければならない。".repeat(6));
      assertClose(whole!, fits);
      assert.equal(embedder.cutTexts, 1);
    }));
}

Deno.test("models get what their family needs before texts, or what is asked for", async () => {
  const notes: string[] = [];
  const onNote = (note: string) => notes.push(note);
  const model = "multilingual-e5-small";
  await withDouble({ model }, { model, onNote }, async (embedder) => {
    const [query] = await embedder.embed(["何日か"], "query");
    const [passage] = await embedder.embed(["十日"], "passage");
    assertClose(query!, "query: 何日か");
    assertClose(passage!, "passage: 十日");
  });
  assert.match(notes.join(), /as for e5 models, "query: " is put before queries/);
  await withDouble({ model }, { model, queryPrefix: "問 ", maxTokens: 50 }, async (embedder) => {
    const [query] = await embedder.embed(["何日か"], "query");
    assertClose(query!, "問 何日か");
    assert.equal(embedder.identity.maxTokens, 50);
  });
});

Deno.test("servers that can't be used are refused with what to do", async () => {
  const refused = async (double: EmbedDoubleOptions, pattern: RegExp) => {
    await assert.rejects(
      withDouble(double, {}, async (embedder) => {
        await embedder.embed(["あ", "い", "う".repeat(60)], "query");
      }),
      (error) =>
        error instanceof LlmError && pattern.test(error.message) || assert.fail(error as Error),
    );
  };
  await refused({ model: "other" }, /no model "bge-m3" \(it has other\).*ollama pull bge-m3/);
  await refused({ change: () => ({ embeddings: [] }) }, /gave 0 vectors for 1 texts/);
  await refused({ change: () => ({ embeddings: [[]] }) }, /gave no vector/);
  await refused({ change: () => ({ vectors: 1 }) }, /answer of an unknown form \(embeddings/);
  let calls = 0;
  await refused(
    { change: (answer) => calls++ === 0 ? answer : { ...answer, embeddings: [[1], [2]] } },
    /gave 1 numbers, and 12 before/,
  );
  await refused(
    { change: ({ prompt_eval_count: _, ...answer }) => answer },
    /does not tell how many tokens it read/,
  );
  const error = JSON.stringify({ error: "this model does not support embeddings" });
  await refused({ change: () => new Response(error, { status: 501 }) }, /does not support embed/);
});

Deno.test("a signal ends a request, and a closed embedder says so", () =>
  withDouble({}, {}, async (embedder) => {
    await assert.rejects(embedder.embed(["a"], "query", AbortSignal.abort()), {
      name: "AbortError",
    });
    await embedder.close();
    await assert.rejects(embedder.embed(["a"], "query"), /already closed/);
  }));

const REAL_URL = Deno.env.get("HOUQA_TEST_OLLAMA");
const REAL_MODEL = Deno.env.get("HOUQA_TEST_OLLAMA_MODEL") ?? "smollm2-135m";

Deno.test({
  name: "a real server embeds, and refuses what is too long (HOUQA_TEST_OLLAMA)",
  ignore: REAL_URL === undefined,
  async fn() {
    const embedder = await OllamaEmbedder.open({
      host: parseOllamaHost(REAL_URL!),
      model: REAL_MODEL,
      maxTokens: 128,
    });
    try {
      const sentence = "The operator shall file a notification. ";
      const [a, again, long, cut] = await embedder.embed(
        ["免許", "免許", sentence.repeat(100), sentence.repeat(9)],
        "passage",
      );
      assert.deepEqual(a, again);
      for (const vector of [a!, long!]) assert.ok(Math.abs(dotProduct(vector, vector) - 1) < 1e-5);
      assert.equal(embedder.cutTexts, 1);
      assert.ok(dotProduct(long!, cut!) > dotProduct(long!, a!));
    } finally {
      await embedder.close();
    }
  },
});
