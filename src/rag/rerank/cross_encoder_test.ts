import assert from "node:assert/strict";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { openSession } from "../../runtime/open_session.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { CrossEncoder } from "./cross_encoder.ts";
import {
  type CrossEncoderDoubleOptions,
  doubleLogits,
  doublePair,
  writeCrossEncoderDouble,
} from "./cross_encoder_double.ts";
import type { RerankerOptions } from "./qwen_reranker.ts";

function withDouble(
  double: CrossEncoderDoubleOptions,
  options: Partial<RerankerOptions>,
  body: (encoder: CrossEncoder) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (folder) => {
    await writeCrossEncoderDouble(folder, double);
    const encoder = await CrossEncoder.open({
      folder,
      name: "Org/Double",
      digest: "sha256:d",
      device: "cpu",
      dtype: "fp32",
      threads: 1,
      ...options,
    });
    try {
      await body(encoder);
    } finally {
      await encoder.close();
      await encoder.close();
    }
  });
}

function assertClose(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((score, at) =>
    assert.ok(Math.abs(score - expected[at]!) < 1e-4, `${score} is not ${expected[at]}`)
  );
}

// Of very different lengths, so that batches hold padding.
const TEXTS = ["免許", "a", "。", "第二十一条の二 発行者は、", "b".repeat(300), "c"];
const QUERY = "届出とは";

Deno.test("one logit is a probability by its sigmoid, query and text told apart", () =>
  withDouble({}, {}, async (encoder) => {
    const expected = TEXTS.map((text) => {
      const [logit] = doubleLogits(doublePair(QUERY, text));
      return Math.log(1 / (1 + Math.exp(-logit!)));
    });
    assertClose(await encoder.rerank(QUERY, TEXTS), expected);
    const [swapped] = await encoder.rerank("a", [QUERY]);
    const [straight] = await encoder.rerank(QUERY, ["a"]);
    assert.ok(Math.abs(swapped! - straight!) > 1e-3);
    assert.equal(encoder.cutTexts, 0);
    assert.equal(encoder.countTokens("免許"), 6);
    assert.deepEqual(await encoder.rerank(QUERY, []), []);
  }));

Deno.test("of two logits the one that says yes counts", async () => {
  const expected = (label: 0 | 1) =>
    TEXTS.map((text) => {
      const logits = doubleLogits(doublePair(QUERY, text), 2);
      return logits[label]! - Math.log(Math.exp(logits[0]!) + Math.exp(logits[1]!));
    });
  await withDouble({ labels: 2 }, {}, async (encoder) => {
    assertClose(await encoder.rerank(QUERY, TEXTS), expected(1));
  });
  const config = { id2label: { 0: "relevant", 1: "irrelevant" } };
  await withDouble({ labels: 2, config }, {}, async (encoder) => {
    assertClose(await encoder.rerank(QUERY, TEXTS), expected(0));
  });
});

Deno.test("a text that is too long is cut at a sentence's end, the query never", () =>
  withDouble({}, { maxTokens: 40 }, async (encoder) => {
    // 12 bytes of query and 3 marks: 8 characters of text fit.
    const [cut, kept, inside, start] = await encoder.rerank(QUERY, [
      "一条。二条三条。四条五条。",
      "一条。二条三条。",
      "一二三四五六七八九十",
      "一二三四五六七八",
    ]);
    assertClose([cut!, inside!], [kept!, start!]);
    assert.equal(encoder.cutTexts, 2);
    await assert.rejects(
      encoder.rerank("長い問いの文でこれは入らない", ["短い"]),
      (error) => error instanceof UsageError && /question has 44 tokens/.test(error.message),
    );
    // Room for the query, and for no character of the text.
    await assert.rejects(encoder.rerank("q".repeat(36), ["短い"]), UsageError);
  }));

Deno.test("limits come from the files, other inputs are given", async () => {
  await withDouble(
    { inputs: ["position_ids"], config: { model_type: "xlm-roberta" } },
    {},
    async (encoder) => {
      assert.equal(encoder.identity.maxTokens, 512 - 257);
      const pair = doublePair(QUERY, "a").map(([id]): [number, number] => [id, 0]);
      const [logit] = doubleLogits(pair);
      assertClose(await encoder.rerank(QUERY, ["a"]), [Math.log(1 / (1 + Math.exp(-logit!)))]);
    },
  );
});

Deno.test("a signal ends it between batches", () =>
  withDouble({}, {}, async (encoder) => {
    await assert.rejects(encoder.rerank(QUERY, TEXTS, AbortSignal.abort()), { name: "AbortError" });
  }));

Deno.test("what is no cross-encoder is refused by name", async () => {
  const refused = (
    double: CrossEncoderDoubleOptions,
    pattern: RegExp,
    options: Partial<RerankerOptions> = {},
    kind: typeof UsageError | typeof CannotContinueError = UsageError,
  ) =>
    assert.rejects(
      withDouble(double, options, () => Promise.resolve()),
      (error) =>
        error instanceof kind && pattern.test((error as Error).message) ||
        assert.fail(error as Error),
    );
  await refused({ labels: 3 }, /gives \[1, 3\] for 1 pair/);
  await refused({ inputs: ["pixel_values"] }, /wants the input pixel_values/);
  await refused({ pair: [] }, /knows no pairs/);
  await refused({ config: { num_labels: 5 } }, /sorts texts into 5 classes/);
  await refused(
    { config: { architectures: ["BertModel"] } },
    /is a BertModel, which is no reranker/,
  );
  await refused({ config: { architectures: ["LlamaForCausalLM"] } }, /only Qwen's decoders/);
  await refused(
    { config: { model_type: "qwen3", architectures: ["Qwen3ForSequenceClassification"] } },
    /Take the original/,
  );
  await refused({}, /has no onnx\/model_q4\.onnx/, { dtype: "q4" });
  await refused({}, /Org\/Double .* can't be loaded on cpu: no such/, {
    open: () => Promise.reject(new Error("no such operator")),
  }, CannotContinueError);
  await refused({}, /not finite/, {
    async open(...args) {
      const session = await openSession(...args);
      return {
        ...session,
        async run(feeds) {
          const outputs = await session.run(feeds);
          (outputs.logits!.data as Float32Array)[0] = NaN;
          return outputs;
        },
      };
    },
  }, CannotContinueError);
});
