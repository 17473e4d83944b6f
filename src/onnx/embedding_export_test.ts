import assert from "node:assert/strict";
import { join } from "node:path";
import { openSession } from "../runtime/open_session.ts";
import type { RuntimeSession } from "../runtime/runtime_session.ts";
import { UsageError } from "../settings/usage_error.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { type DoubleTensors, inTempFolder } from "./checkpoint_double.ts";
import { EXPORT_DTYPES, type ExportDtype, modelFileName } from "./export_dtype.ts";
import { exportTo, largestDifference, withModel } from "./exported_double.ts";
import { SMALL_QWEN3, writeTinyModel } from "./tiny_model_double.ts";

const TEXTS = [[5, 77, 250, 3, 9], [120], Array.from({ length: 60 }, (_, at) => 7 * at % 250)];

/** Vectors of rows that are padded on the right. */
async function embed(session: RuntimeSession, rows: readonly number[][]): Promise<Float32Array[]> {
  const width = Math.max(...rows.map((ids) => ids.length));
  const ids = new BigInt64Array(rows.length * width);
  const mask = new BigInt64Array(rows.length * width);
  rows.forEach((row, at) => {
    ids.set(BigInt64Array.from(row, BigInt), at * width);
    mask.fill(1n, at * width, at * width + row.length);
  });
  const { sentence_embedding: output } = await session.run({
    input_ids: session.tensor("int64", ids, [rows.length, width]),
    attention_mask: session.tensor("int64", mask, [rows.length, width]),
  });
  const size = SMALL_QWEN3.hidden_size as number;
  assert.deepEqual(output!.dims, [rows.length, size]);
  const values = output!.data as Float32Array;
  return rows.map((_, at) => values.slice(at * size, (at + 1) * size));
}

function open(folder: string, dtype: ExportDtype, device: "cpu" | "wasm" = "cpu") {
  const file = modelFileName(dtype);
  return openSession(device, {
    graph: join(folder, "onnx", file),
    dataFiles: [`${file}_data`],
    cacheOutputs: [],
  }, { threads: 1 });
}

/** Logits of a tied model: the hidden state times every row of the embedding. */
function logitsOf(state: Float32Array, table: Float32Array): Float32Array {
  return Float32Array.from(
    { length: table.length / state.length },
    (_, token) =>
      state.reduce((sum, value, i) => sum + value * table[token * state.length + i]!, 0),
  );
}

for (const dtype of EXPORT_DTYPES) {
  Deno.test(`an embedding export gives the state that the language model's logits come from (${dtype})`, () =>
    inTempFolder(async (folder) => {
      let table!: Float32Array;
      await writeTinyModel(join(folder, "m"), {
        change: (tensors) => {
          const { bytes } = tensors.get("model.embed_tokens.weight")!;
          table = new Float32Array(bytes.slice().buffer);
        },
      });
      await exportTo(join(folder, "lm"), join(folder, "m"), dtype);
      const report = await exportTo(join(folder, "e"), join(folder, "m"), dtype, {
        task: "feature-extraction",
      });
      assert.ok(!report.tensors.some(({ name }) => name.startsWith("lm_head")));
      const logits = await withModel(join(folder, "lm"), dtype, async (model) => {
        const found: Float32Array[] = [];
        for (const ids of TEXTS) found.push((await model.forward(ids)).logits);
        return found;
      });
      // Logits are between -3 and 3. The output layer is rounded too, and with few bits processors round
      // activations where WebAssembly does not.
      const tolerance = { fp32: 1e-4, fp16: 0.03, q8: 0.05, q4: 0.2, q4f16: 0.2 }[dtype];
      for (const device of ["cpu", "wasm"] as const) {
        const session = await open(join(folder, "e"), dtype, device);
        assert.deepEqual([...session.inputNames].sort(), ["attention_mask", "input_ids"]);
        const together = await embed(session, TEXTS);
        for (const [at, ids] of TEXTS.entries()) {
          const [alone] = await embed(session, [ids]);
          const half = dtype.endsWith("16");
          assert.ok(largestDifference(together[at]!, alone!) < (half ? 0.02 : 1e-3), `${at}`);
          const difference = largestDifference(logitsOf(alone!, table), logits[at]!);
          assert.ok(difference < tolerance, `${device} ${at}: ${difference}`);
        }
        await session.close();
      }
    }));
}

/** Removes "model." from every name, as a model saved without its output layer has them. */
function unprefixed(tensors: DoubleTensors): void {
  for (const [name, tensor] of [...tensors]) {
    tensors.delete(name);
    tensors.set(name.replace(/^model\./, ""), tensor);
  }
}

Deno.test("a model that was saved without its output layer can be exported for embeddings alone", () =>
  inTempFolder(async (folder) => {
    const config = { ...SMALL_QWEN3, architectures: ["Qwen3Model"], tie_word_embeddings: false };
    const lm = { ...SMALL_QWEN3, tie_word_embeddings: false };
    const vectors: Float32Array[][] = [];
    for (
      const [name, options] of Object.entries({
        whole: { config: lm },
        base: {
          config: lm,
          change: (tensors: DoubleTensors) => {
            tensors.delete("lm_head.weight");
            unprefixed(tensors);
          },
        },
      })
    ) {
      const model = await writeTinyModel(join(folder, name), options);
      if (name === "base") {
        await Deno.writeTextFile(join(model, "config.json"), JSON.stringify(config));
        await assert.rejects(
          openCheckpoint(model),
          (error) => error instanceof UsageError && /Qwen3Model/.test(error.message),
        );
      }
      const out = join(folder, `${name}-e`);
      await exportTo(out, model, "fp32", { task: "feature-extraction" });
      const session = await open(out, "fp32");
      vectors.push(await embed(session, TEXTS));
      await session.close();
    }
    assert.deepEqual(vectors[0], vectors[1]);
  }));

Deno.test("the files that say how vectors are made go along with an embedding export only", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    await Deno.mkdir(join(model, "1_Pooling"));
    const pooling = JSON.stringify({ pooling_mode_lasttoken: true, include_prompt: true });
    await Deno.writeTextFile(join(model, "1_Pooling", "config.json"), pooling);
    await exportTo(join(folder, "lm"), model, "fp32");
    await exportTo(join(folder, "e"), model, "fp32", { task: "feature-extraction" });
    const path = join("1_Pooling", "config.json");
    assert.equal(await Deno.readTextFile(join(folder, "e", path)), pooling);
    await assert.rejects(Deno.stat(join(folder, "lm", path)), Deno.errors.NotFound);
  }));
