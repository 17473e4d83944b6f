import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { openSession } from "../../runtime/open_session.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import {
  DOUBLE_DIMENSIONS,
  doubleStates,
  doubleTokens,
  type EmbeddingDoubleOptions,
  meanOf,
  writeEmbeddingDouble,
} from "./embedding_model_double.ts";
import { OnnxEmbedder, type OnnxEmbedderOptions } from "./onnx_embedder.ts";
import { dotProduct, unitVector } from "./vector_double.ts";

/** Opens a double, runs the body, closes it. */
function withDouble(
  double: EmbeddingDoubleOptions,
  options: Partial<OnnxEmbedderOptions>,
  body: (embedder: OnnxEmbedder) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (folder) => {
    await writeEmbeddingDouble(folder, double);
    const embedder = await OnnxEmbedder.open({
      folder,
      name: "Org/Double",
      digest: "sha256:d",
      device: "cpu",
      threads: 1,
      ...options,
    });
    try {
      await body(embedder);
    } finally {
      await embedder.close();
      await embedder.close();
    }
  });
}

function assertClose(found: Float32Array, expected: Float32Array): void {
  assert.equal(found.length, expected.length);
  const cosine = dotProduct(found, expected);
  assert.ok(Math.abs(cosine - 1) < 1e-5, `cosine ${cosine}`);
}

const POOLINGS = [
  [{ pooling_mode_mean_tokens: true }, "mean", meanOf],
  [{ pooling_mode: "mean" }, "mean", meanOf],
  [{ pooling_mode_cls_token: true }, "cls", (states: Float32Array[]) => unitVector(states[0]!)],
  [
    { pooling_mode_lasttoken: true, include_prompt: true },
    "last_token",
    (states: Float32Array[]) => unitVector(states.at(-1)!),
  ],
] as const;
for (const [config, pooling, expected] of POOLINGS) {
  Deno.test(`vectors are those worked out by hand, ${JSON.stringify(config)}`, () =>
    withDouble({ files: { "1_Pooling/config.json": config } }, {}, async (embedder) => {
      const { identity } = embedder;
      assert.deepEqual(identity, {
        backend: "onnx",
        model: "Org/Double",
        digest: "sha256:d",
        dimensions: DOUBLE_DIMENSIONS,
        pooling,
        queryPrefix: "q: ",
        passagePrefix: "d: ",
        maxTokens: 64,
      });
      // Of very different lengths, so that batches hold padding.
      const texts = ["免許", "a", "", "第二十一条の二 発行者は、", "b".repeat(50)];
      for (const kind of ["query", "passage"] as const) {
        const found = await embedder.embed(texts, kind);
        texts.forEach((text, at) => {
          const tokens = doubleTokens((kind === "query" ? "q: " : "d: ") + text);
          if (pooling === "last_token") tokens.push(259);
          assertClose(found[at]!, expected(doubleStates(tokens)));
        });
      }
      assert.equal(embedder.cutTexts, 0);
      assert.deepEqual(await embedder.embed([], "query"), []);
    }));
}

Deno.test("a text that is too long is cut at a sentence's end, and counted", () =>
  withDouble({}, { maxTokens: 40 }, async (embedder) => {
    assert.equal(embedder.identity.maxTokens, 40);
    // 3 bytes a character and 5 tokens around them: 11 characters fit.
    const [cut, kept, inside] = await embedder.embed(
      ["一条。二条三条。四条五条六条。", "一条。二条三条。", "一二三四五六七八九十百千万億兆"],
      "passage",
    );
    assert.deepEqual(cut, kept);
    assertClose(inside!, meanOf(doubleStates(doubleTokens("d: 一二三四五六七八九十百"))));
    assert.equal(embedder.cutTexts, 2);
  }));

Deno.test("many texts come back in their order, whatever the batches", () =>
  withDouble({}, {}, async (embedder) => {
    const texts = Array.from({ length: 200 }, (_, at) => "x".repeat(at * 7 % 59) + at);
    const together = await embedder.embed(texts, "query");
    for (const at of [0, 57, 123, 199]) {
      const [alone] = await embedder.embed([texts[at]!], "query");
      assertClose(together[at]!, alone!);
    }
    await assert.rejects(embedder.embed(texts, "query", AbortSignal.abort()), {
      name: "AbortError",
    });
  }));

Deno.test("a graph that pools by itself, and graphs with other inputs", async () => {
  await withDouble({ output: "sentence_embedding", inputs: [] }, {}, async (embedder) => {
    assert.equal(embedder.identity.pooling, "graph");
    const [vector] = await embedder.embed(["x"], "query");
    assert.ok(Math.abs(dotProduct(vector!, vector!) - 1) < 1e-6);
  });
  const inputs = ["position_ids", "past_key_values.0.key", "past_key_values.0.value"];
  await withDouble({ output: "token_embeddings", inputs }, {}, async (embedder) => {
    const [vector] = await embedder.embed(["x"], "query");
    assertClose(vector!, meanOf(doubleStates(doubleTokens("q: x"))));
  });
});

Deno.test("prefixes and precision can be chosen", () =>
  withDouble(
    { graphFile: "model_quantized.onnx" },
    { queryPrefix: "問: ", passagePrefix: "" },
    async (embedder) => {
      const [vector] = await embedder.embed(["x"], "query");
      assertClose(vector!, meanOf(doubleStates(doubleTokens("問: x"))));
      const [passage] = await embedder.embed(["x"], "passage");
      assertClose(passage!, meanOf(doubleStates(doubleTokens("x"))));
    },
  ));

Deno.test("a folder that is no embedding model is refused by name", async () => {
  const refused = (
    double: EmbeddingDoubleOptions,
    pattern: RegExp,
    options: Partial<OnnxEmbedderOptions> = {},
  ) =>
    assert.rejects(
      withDouble(double, options, () => Promise.resolve()),
      (error) =>
        error instanceof UsageError && pattern.test(error.message) || assert.fail(error as Error),
    );
  await refused({ output: "logits" }, /graph gives logits \[1, 3, 24\] and no last_hidden_state/);
  await refused({ inputs: ["pixel_values"] }, /wants the input pixel_values/);
  await refused({}, /has no onnx\/model_q4\.onnx; it has model\.onnx \(fp32\)/, { dtype: "q4" });
  await refused({ graphFile: "encoder.onnx" }, /has no onnx\/model\*\.onnx/);
  await refused({ files: { "tokenizer.json": undefined } }, /tokenizer in .* can't be used/);
  const dense = [{ type: "sentence_transformers.models.Dense", path: "2_Dense" }];
  await refused({ files: { "modules.json": dense } }, /a layer follows the pooling/);
  await assert.rejects(
    withDouble({}, {
      open: () => Promise.reject(new Error("Unsupported model IR version")),
    }, () => Promise.resolve()),
    (error) =>
      error instanceof CannotContinueError &&
      /Org\/Double .* can't be loaded on cpu: Unsupported model IR/.test(error.message),
  );
});

Deno.test("weights that give no numbers are told, not indexed", () =>
  inTempFolder(async (folder) => {
    await writeEmbeddingDouble(folder);
    let sessions = 0;
    await assert.rejects(
      OnnxEmbedder.open({
        folder,
        name: "broken",
        digest: "",
        device: "cpu",
        async open(...args) {
          const session = await openSession(...args);
          return {
            ...session,
            async run(feeds) {
              const outputs = await session.run(feeds);
              (outputs.last_hidden_state!.data as Float32Array)[3] = NaN;
              return outputs;
            },
            close() {
              sessions++;
              return session.close();
            },
          };
        },
      }),
      /embedding is not finite/,
    );
    assert.equal(sessions, 1);
  }));

const realFolder = Deno.env.get("HOUQA_TEST_EMBEDDING");

Deno.test({
  name: "a real model gives the vectors of its reference (HOUQA_TEST_EMBEDDING)",
  ignore: realFolder === undefined,
  async fn() {
    /** `reference.json` beside the model: texts, token ids and vectors that PyTorch gave. */
    const reference: { text: string; ids: number[]; vector: number[] }[] = JSON.parse(
      await Deno.readTextFile(join(realFolder!, "reference.json")),
    );
    const embedder = await OnnxEmbedder.open({
      folder: realFolder!,
      name: realFolder!,
      digest: "",
      device: "cpu",
    });
    try {
      const found = await embedder.embed(reference.map(({ text }) => text), "passage");
      reference.forEach(({ ids, vector, text }, at) => {
        assert.deepEqual(embedder.tokenizer.encode(text), ids);
        const cosine = dotProduct(found[at]!, Float32Array.from(vector));
        assert.ok(cosine >= 0.9999, `${text}: cosine ${cosine}`);
      });
    } finally {
      await embedder.close();
    }
  },
});
