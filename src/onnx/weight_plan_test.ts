import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { readModelFolder } from "../llm/model_folder.ts";
import { inTempFolder, TINY_QWEN2, TINY_QWEN3 } from "./checkpoint_double.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { EXPORT_DTYPES, type ExportDtype, modelFileName } from "./export_dtype.ts";
import { exportTo, largestDifference, withModel } from "./exported_double.ts";
import { ONNX_BYTES } from "./onnx_graph.ts";
import { parseQwenConfig } from "./parse_qwen_config.ts";
import { buildQwenGraph } from "./qwen_graph.ts";
import { SMALL_QWEN3, writeTinyModel } from "./tiny_model_double.ts";
import {
  EMBEDDING,
  HEAD,
  MAX_FILE_BYTES,
  type PlannedValues,
  planWeights,
  TIED_HEAD,
  type WeightPlan,
} from "./weight_plan.ts";

const PAGE = 4096;

function placesOf({ weights, rotary }: WeightPlan): PlannedValues[] {
  return [
    ...[...weights.values()].flat().flatMap(({ values, scales, zeroPoints }) =>
      [values, scales, zeroPoints].flatMap((one) => one ?? [])
    ),
    rotary.cos,
    rotary.sin,
  ];
}

const configs = fc.record({
  base: fc.constantFrom(TINY_QWEN3, TINY_QWEN2),
  heads: fc.constantFrom(1, 2, 5),
  headDim: fc.constantFrom(16, 32, 48),
  intermediate: fc.integer({ min: 1, max: 300 }),
  layers: fc.integer({ min: 1, max: 3 }),
  vocabulary: fc.integer({ min: 1, max: 3000 }),
  dtype: fc.constantFrom(...EXPORT_DTYPES),
  hasOwnHead: fc.boolean(),
  integerWeights: fc.constantFrom("int8" as const, "uint8" as const),
  maxFileBytes: fc.integer({ min: 200_000, max: 5_000_000 }),
});

Deno.test("a plan never overlaps, starts every value on a page and keeps files under the limit", () =>
  fc.assert(
    fc.property(configs, ({ base, heads, headDim, intermediate, layers, vocabulary, ...rest }) => {
      const config = parseQwenConfig({
        ...base,
        hidden_size: heads * headDim,
        head_dim: headDim,
        num_attention_heads: heads,
        num_key_value_heads: 1,
        intermediate_size: intermediate,
        num_hidden_layers: layers,
        vocab_size: vocabulary,
        // One a layer, where the file has a list of them.
        ..."layer_types" in base ? { layer_types: new Array(layers).fill("full_attention") } : {},
      }, "config.json");
      const { dtype, hasOwnHead, integerWeights, maxFileBytes } = rest;
      const plan = planWeights(config, dtype, { hasOwnHead, integerWeights, maxFileBytes });
      const sizes = new Map(plan.files.map(({ name, sizeBytes }) => [name, sizeBytes]));
      const file = modelFileName(dtype);
      plan.files.forEach(({ name, sizeBytes }, index) => {
        assert.equal(name, `${file}_data${index === 0 ? "" : `_${index}`}`);
        assert.ok(sizeBytes > 0);
      });
      const ends = new Map<string, number>();
      for (const { type, dims, at } of placesOf(plan)) {
        assert.equal(at.sizeBytes, dims.reduce((a, b) => a * b, ONNX_BYTES[type]));
        assert.ok(at.sizeBytes > 0, "an empty value was placed");
        assert.equal(at.offset % PAGE, 0);
        const end = at.offset + at.sizeBytes;
        assert.ok(end <= sizes.get(at.file)!);
        // A single value may be larger than the limit only if it can't be cut.
        assert.ok(end <= maxFileBytes || at.offset === 0, `${end} > ${maxFileBytes}`);
        ends.set(`${at.file} ${at.offset}`, end);
      }
      for (const [start, end] of ends) {
        const [name, offset] = start.split(" ") as [string, string];
        for (const other of ends.keys()) {
          const [otherName, otherOffset] = other.split(" ") as [string, string];
          if (name !== otherName || Number(otherOffset) <= Number(offset)) continue;
          assert.ok(Number(otherOffset) >= end, `${start} reaches into ${other}`);
        }
      }
      assert.equal(ends.size, placesOf(plan).length, "two values start at the same place");
      // The parts of a weight are its rows, each once.
      for (const parts of plan.weights.values()) {
        let next = 0;
        for (const { firstRow, rows } of parts) {
          assert.equal(firstRow, next);
          assert.ok(rows >= 1);
          next += rows;
        }
        const last = parts.at(-1)!;
        if (parts.length > 1) assert.ok(last.source === EMBEDDING || last.source === HEAD);
      }
      const table = plan.weights.get(EMBEDDING)!;
      assert.equal(table.reduce((sum, { rows }) => sum + rows, 0), vocabulary);
      assert.equal(plan.weights.has(HEAD), hasOwnHead);
    }),
    { seed: 11, numRuns: 150 },
  ));

Deno.test("the embedding is stored once where the operators allow it", () => {
  const config = (hidden: number) =>
    parseQwenConfig({
      ...TINY_QWEN3,
      hidden_size: hidden,
      num_attention_heads: hidden / 8,
      num_key_value_heads: 1,
    }, "config.json");
  const heads = (hidden: number, dtype: ExportDtype, hasOwnHead: boolean) => {
    const { weights } = planWeights(config(hidden), dtype, { hasOwnHead, integerWeights: "int8" });
    const layout = (name: string) => weights.get(name)?.[0]?.layout;
    return [layout(EMBEDDING), layout(HEAD), layout(TIED_HEAD)];
  };
  for (const dtype of ["fp32", "fp16"] as const) {
    for (const hidden of [64, 80]) {
      assert.deepEqual(heads(hidden, dtype, false), ["as_is", undefined, undefined]);
      assert.deepEqual(heads(hidden, dtype, true), ["as_is", "as_is", undefined]);
    }
  }
  for (const dtype of ["q8", "q4", "q4f16"] as const) {
    assert.deepEqual(heads(64, dtype, false), ["block8", undefined, undefined]);
    assert.deepEqual(heads(64, dtype, true), ["block8", "block8", undefined]);
    // Rows that fill no whole number of blocks can't be looked up in blocks.
    assert.deepEqual(heads(80, dtype, false), ["as_is", undefined, "block8"]);
    assert.deepEqual(heads(80, dtype, true), ["as_is", "block8", undefined]);
  }
});

Deno.test("a table over 2 GB, as an 8B model has in float32, becomes two parts of equal size", () => {
  const config = {
    ...parseQwenConfig(TINY_QWEN3, "config.json"),
    vocabSize: 151936,
    hiddenSize: 4096,
  };
  const options = { hasOwnHead: true, integerWeights: "int8" } as const;
  const whole = planWeights(config, "fp32", options);
  for (const name of [EMBEDDING, HEAD]) {
    assert.deepEqual(
      whole.weights.get(name)!.map(({ firstRow, rows }) => [firstRow, rows]),
      [[0, 75968], [75968, 75968]],
    );
  }
  assert.ok(whole.files.every(({ sizeBytes }) => sizeBytes <= MAX_FILE_BYTES));
  assert.ok(MAX_FILE_BYTES < 2 ** 31);
  assert.equal(planWeights(config, "fp16", options).weights.get(EMBEDDING)!.length, 1);
});

/** Copies an export's values to where another plan has them. */
async function relay(
  from: string,
  to: string,
  old: WeightPlan,
  plan: WeightPlan,
): Promise<void> {
  await Deno.mkdir(join(to, "onnx"), { recursive: true });
  for (const { name } of Deno.readDirSync(from)) {
    if (name.includes(".json")) await Deno.copyFile(join(from, name), join(to, name));
  }
  const read = ({ at }: PlannedValues) =>
    Deno.readFileSync(join(from, "onnx", at.file)).slice(at.offset, at.offset + at.sizeBytes);
  const files = new Map(plan.files.map(({ name, sizeBytes }) => [name, new Uint8Array(sizeBytes)]));
  const write = ({ at }: PlannedValues, bytes: Uint8Array) => {
    assert.equal(bytes.length, at.sizeBytes);
    files.get(at.file)!.set(bytes, at.offset);
  };
  for (const [name, parts] of plan.weights) {
    const [whole] = old.weights.get(name)!;
    for (const { values, scales, zeroPoints, firstRow, rows } of parts) {
      const bytes = read(whole!.values);
      const perRow = bytes.length / whole!.rows;
      write(
        values,
        parts.length === 1 ? bytes : bytes.slice(firstRow * perRow, (firstRow + rows) * perRow),
      );
      if (scales) write(scales, read(whole!.scales!));
      if (zeroPoints) write(zeroPoints, read(whole!.zeroPoints!));
    }
  }
  write(plan.rotary.cos, read(old.rotary.cos));
  write(plan.rotary.sin, read(old.rotary.sin));
  for (const [name, bytes] of files) await Deno.writeFile(join(to, "onnx", name), bytes);
}

const SMALL_QWEN2 = {
  ...TINY_QWEN2,
  hidden_size: 80,
  intermediate_size: 112,
  num_attention_heads: 5,
  num_key_value_heads: 1,
  vocab_size: 290,
};
const SPLITS: [string, Readonly<Record<string, unknown>>, ExportDtype][] = [
  ["qwen3, tied", SMALL_QWEN3, "fp32"],
  ["qwen3, untied", { ...SMALL_QWEN3, tie_word_embeddings: false }, "fp32"],
  ["qwen3, untied", { ...SMALL_QWEN3, tie_word_embeddings: false }, "fp16"],
  ["qwen2, tied", { ...SMALL_QWEN2, tie_word_embeddings: true }, "fp16"],
  ["qwen2, tied", { ...SMALL_QWEN2, tie_word_embeddings: true }, "q4"],
  ["qwen2, untied", SMALL_QWEN2, "q8"],
];
for (const [name, config, dtype] of SPLITS) {
  Deno.test(`${name}, ${dtype}: with its table in parts and many files the logits are the same`, () =>
    inTempFolder(async (folder) => {
      const model = join(folder, "m");
      await writeTinyModel(model, { config: { ...config, max_position_embeddings: 64 } });
      const whole = join(folder, "whole");
      await exportTo(whole, model, dtype);
      const { config: checked } = await openCheckpoint(model);
      const options = { hasOwnHead: !checked.tied, integerWeights: "int8" } as const;
      const old = planWeights(checked, dtype, options);
      const split = planWeights(checked, dtype, { ...options, maxFileBytes: 25_000 });
      const parts = split.weights.get(EMBEDDING)!.length;
      assert.ok(parts >= 2, `${parts} parts`);
      assert.ok(split.files.length >= 4);
      const to = join(folder, "split");
      await relay(whole, to, old, split);
      await Deno.writeFile(
        join(to, "onnx", modelFileName(dtype)),
        buildQwenGraph(checked, dtype, split).encode({ name: "houqa", version: "test" }),
      );
      // The loader finds every data file by itself.
      const { dataFiles } = await readModelFolder(to, dtype);
      assert.equal(dataFiles.length, split.files.length);
      // The first and last row of parts, and rows between.
      const ids = split.weights.get(EMBEDDING)!.flatMap(({ firstRow, rows }) => [
        firstRow,
        firstRow + rows - 1,
        firstRow + (rows >> 1),
      ]);
      const logits = (at: string) =>
        withModel(at, dtype, async (model) => (await model.forward(ids)).logits);
      const expected = await logits(whole);
      assert.ok(largestDifference(await logits(to), expected) <= (dtype === "fp16" ? 0.01 : 1e-5));
      assert.equal(expected.length, checked.vocabSize);
    }));
}
