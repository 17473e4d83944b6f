import assert from "node:assert/strict";
import { join } from "node:path";
import type { Tensor } from "onnxruntime-common";
import { CausalModel } from "../llm/causal_model.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { inTempFolder, TINY_QWEN2 } from "./checkpoint_double.ts";
import { EXPORT_DTYPES, type ExportDtype } from "./export_dtype.ts";
import { exportTo, largestDifference, withModel } from "./exported_double.ts";
import { referenceLogits } from "./reference_forward.ts";
import { SMALL_QWEN3, writeTinyModel } from "./tiny_model_double.ts";

/** Folder with tiny models and what PyTorch computed with them. */
const REFERENCE = Deno.env.get("HOUQA_TEST_REFERENCE");
const PADDING = 256;
const LOGIT_TOLERANCE = 2e-4;

/** A Qwen2 whose hidden size fills no whole number of blocks. */
const SMALL_QWEN2: Readonly<Record<string, unknown>> = {
  ...TINY_QWEN2,
  hidden_size: 80,
  intermediate_size: 112,
  num_attention_heads: 5,
  num_key_value_heads: 1,
  tie_word_embeddings: false,
  vocab_size: 288,
};

/** Runs prompts of different lengths as one batch, padded on the right. */
async function runBatch(
  { session, shape }: CausalModel,
  prompts: readonly (readonly number[])[],
  keep: number,
  padding = PADDING,
): Promise<{ logits: Float32Array; dims: readonly number[] }> {
  const length = Math.max(...prompts.map((ids) => ids.length));
  const padded = prompts.flatMap((ids) => [
    ...ids,
    ...new Array<number>(length - ids.length).fill(padding),
  ]);
  const mask = prompts.flatMap((ids) =>
    Array.from({ length }, (_, position) => position < ids.length ? 1 : 0)
  );
  const dims = [prompts.length, length];
  const feeds: Record<string, Tensor> = {
    input_ids: session.tensor("int64", BigInt64Array.from(padded, BigInt), dims),
    attention_mask: session.tensor("int64", BigInt64Array.from(mask, BigInt), dims),
    num_logits_to_keep: session.tensor("int64", BigInt64Array.of(BigInt(keep)), []),
  };
  for (const name of session.inputNames.filter((name) => name.startsWith("past_"))) {
    feeds[name] = session.tensor(
      "float32",
      new Float32Array(0),
      [prompts.length, shape.kvHeads, 0, shape.headDim],
    );
  }
  const { logits } = await session.run(feeds);
  return { logits: logits!.data as Float32Array, dims: logits!.dims };
}

/** Token ids without a pattern. */
function someIds(length: number, start: number): number[] {
  return Array.from({ length }, (_, index) => (start + 37 * index * index) % 256);
}

const PROMPTS = [someIds(3, 5), someIds(41, 9), someIds(17, 1), someIds(1, 77)];

async function withExport(
  config: Readonly<Record<string, unknown>>,
  dtype: ExportDtype,
  body: (model: CausalModel) => Promise<void>,
  options: Parameters<typeof exportTo>[3] = {},
): Promise<void> {
  await inTempFolder(async (folder) => {
    await writeTinyModel(join(folder, "m"), { config });
    await exportTo(join(folder, "o"), join(folder, "m"), dtype, options);
    await withModel(join(folder, "o"), dtype, body);
  });
}

for (const [name, config] of Object.entries({ qwen3: SMALL_QWEN3, qwen2: SMALL_QWEN2 })) {
  Deno.test(`${name}: a batch padded on the right gives the logits of each prompt alone`, () =>
    withExport(config, "fp32", async (model) => {
      const { logits, dims } = await runBatch(model, PROMPTS, 1);
      assert.deepEqual(dims, [4, 1, 288]);
      for (const [row, ids] of PROMPTS.entries()) {
        const alone = (await model.forward(ids)).logits;
        const difference = largestDifference(logits.subarray(row * 288, (row + 1) * 288), alone);
        assert.ok(difference < 1e-5, `row ${row}: ${difference}`);
      }
    }));

  Deno.test(`${name}: 0 keeps the logits of every position, n those of the last n`, () =>
    withExport(config, "fp32", async (model) => {
      const ids = PROMPTS[1]!;
      const all = await runBatch(model, [ids], 0);
      assert.deepEqual(all.dims, [1, ids.length, 288]);
      for (const position of [0, 1, 20, 40]) {
        const { logits } = await model.forward(ids.slice(0, position + 1));
        const here = all.logits.subarray(position * 288, (position + 1) * 288);
        assert.ok(largestDifference(here, logits) < 1e-5, `position ${position}`);
      }
      for (const keep of [1, 3, ids.length]) {
        const some = await runBatch(model, [ids], keep);
        assert.deepEqual(some.dims, [1, keep, 288]);
        const wanted = all.logits.subarray((ids.length - keep) * 288);
        assert.ok(largestDifference(some.logits, wanted) < 1e-5, `${keep} kept`);
      }
      // More than there are: all of them.
      assert.deepEqual((await runBatch(model, [ids], 99)).dims, [1, ids.length, 288]);
    }));

  Deno.test(`${name}: 0 keeps every position of each row of a padded batch`, () =>
    withExport(config, "fp32", async (model) => {
      const batch = PROMPTS.slice(0, 3);
      const { logits, dims } = await runBatch(model, batch, 0);
      assert.deepEqual(dims, [3, 41, 288]);
      for (const [row, ids] of batch.entries()) {
        const alone = (await runBatch(model, [ids], 0)).logits;
        const here = logits.subarray(row * 41 * 288, row * 41 * 288 + alone.length);
        assert.ok(largestDifference(here, alone) < 1e-5, `row ${row}`);
      }
    }));
}

Deno.test("a cached prefix in a padded batch counts for each row's last token", () =>
  withExport(SMALL_QWEN3, "fp32", async (model) => {
    const ids = PROMPTS[1]!;
    const { cache } = await model.forward(ids.slice(0, 30));
    const { session } = model;
    const rest = ids.slice(30);
    const { logits } = await session.run({
      ...cache.tensors,
      input_ids: session.tensor("int64", BigInt64Array.from(rest, BigInt), [1, rest.length]),
      attention_mask: session.tensor("int64", new BigInt64Array(41).fill(1n), [1, 41]),
      num_logits_to_keep: session.tensor("int64", BigInt64Array.of(2n), []),
    });
    const all = (await runBatch(model, [ids], 2)).logits;
    assert.ok(largestDifference(logits!.data as Float32Array, all) < 1e-5);
  }));

Deno.test({
  name: "PyTorch's padded batch: the same logits at each row's last real token",
  ignore: REFERENCE === undefined,
  fn: () =>
    inTempFolder(async (folder) => {
      const fixture = join(REFERENCE!, "tiny", "qwen3-tied-bf16");
      const { prompts, padded } = JSON.parse(
        await Deno.readTextFile(join(fixture, "reference.json")),
      );
      const out = join(folder, "o");
      await exportTo(out, join(fixture, "base"), "fp32");
      await withModel(out, "fp32", async (model) => {
        const ids: number[][] = prompts.map((one: { ids: number[] }) => one.ids);
        assert.equal(Math.max(...ids.map(({ length }) => length)), padded.length);
        const { logits, dims } = await runBatch(model, ids, 1, padded.pad_id);
        assert.deepEqual(dims, [5, 1, 1024]);
        assert.equal(padded.items.length, 5);
        for (const [row, { first64, last8 }] of padded.items.entries()) {
          const here = logits.subarray(row * 1024, (row + 1) * 1024);
          const difference = largestDifference(
            [...here.subarray(0, 64), ...here.subarray(-8)],
            [...first64, ...last8],
          );
          assert.ok(difference <= LOGIT_TOLERANCE, `row ${row}: ${difference}`);
        }
      });
    }),
});

for (const [name, config] of Object.entries({ qwen3: SMALL_QWEN3, qwen2: SMALL_QWEN2 })) {
  Deno.test(`${name}: q8 with signed and with unsigned weights gives the same logits, bit by bit`, () =>
    inTempFolder(async (folder) => {
      await writeTinyModel(join(folder, "m"), { config });
      const all: Float32Array[] = [];
      for (const integerWeights of ["int8", "uint8"] as const) {
        const out = join(folder, integerWeights);
        await exportTo(out, join(folder, "m"), "q8", { integerWeights });
        await withModel(out, "q8", async (model) => {
          for (const ids of PROMPTS) all.push((await model.forward(ids)).logits);
        });
      }
      const half = PROMPTS.length;
      for (let i = 0; i < half; i++) {
        assert.deepEqual(new Uint32Array(all[i]!.buffer), new Uint32Array(all[i + half]!.buffer));
      }
      const files = ["int8", "uint8"].map((kind) =>
        Deno.readFileSync(join(folder, kind, "onnx/model_quantized.onnx_data"))
      );
      assert.notDeepEqual(files[0], files[1]);
    }));
}

/** Root mean square of the differences, relative to the logits' own. */
function relativeError(logits: Float32Array, exact: Float32Array): number {
  let missed = 0;
  let whole = 0;
  for (let i = 0; i < exact.length; i++) {
    missed += (logits[i]! - exact[i]!) ** 2;
    whole += exact[i]! ** 2;
  }
  return Math.sqrt(missed / whole);
}

/** Seen on these models: fp16 0.0025, q8 0.03, 4 bits 0.25; random weights are the hardest case. */
const LARGEST_ERROR: Readonly<Record<ExportDtype, number>> = {
  fp32: 1e-5,
  fp16: 0.01,
  q8: 0.1,
  q4: 0.5,
  q4f16: 0.5,
};

for (const [name, config] of Object.entries({ qwen3: SMALL_QWEN3, qwen2: SMALL_QWEN2 })) {
  Deno.test(`${name}: each precision stays near float32, and no two are the same`, () =>
    inTempFolder(async (folder) => {
      await writeTinyModel(join(folder, "m"), { config });
      const ids = PROMPTS[1]!;
      const [exact] = await referenceLogits(
        await openCheckpoint(join(folder, "m")),
        undefined,
        [ids],
      );
      for (const dtype of EXPORT_DTYPES) {
        const out = join(folder, dtype);
        await exportTo(out, join(folder, "m"), dtype);
        await withModel(out, dtype, async (model) => {
          // In two parts, so that the cache is in the type too.
          const { cache } = await model.forward(ids.slice(0, 12));
          const { logits } = await model.forward(ids.slice(12), cache);
          const error = relativeError(logits, exact!);
          assert.ok(error <= LARGEST_ERROR[dtype], `${dtype}: ${error}`);
          if (dtype !== "fp32") assert.ok(error > LARGEST_ERROR[dtype] / 100, `${dtype}: ${error}`);
          const type = dtype.endsWith("16") ? "float16" : "float32";
          assert.equal(model.session.inputType("past_key_values.0.key"), type);
        });
      }
    }));
}

Deno.test("half precision that overflows is an error, not an answer", () =>
  inTempFolder(async (folder) => {
    // Every weight fits in half precision; what the layers make of them does not.
    await writeTinyModel(join(folder, "m"), {
      change: (tensors) => {
        const { bytes } = tensors.get("model.layers.0.mlp.down_proj.weight")!;
        new Float32Array(bytes.buffer).fill(60000);
      },
    });
    await exportTo(join(folder, "o"), join(folder, "m"), "fp16");
    await withModel(join(folder, "o"), "fp16", (model) =>
      assert.rejects(
        model.forward([1, 2, 3]),
        /logits are not finite: half precision overflowed.*--hf-dtype q4 or fp32 \(on cpu q8 too\)/,
      ));
  }));
