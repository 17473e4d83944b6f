import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { isolateBytes } from "../device/isolate_memory_double.ts";
import { UsageError } from "../settings/usage_error.ts";
import { openCheckpoint } from "./checkpoint.ts";
import {
  inTempFolder,
  loraTensors,
  safetensorsBytes,
  TINY_LORA,
  TINY_QWEN2,
  TINY_QWEN3,
  withHeader,
  writeAdapter,
  writeCheckpoint,
} from "./checkpoint_double.ts";
import { expectedTensors } from "./expected_tensors.ts";
import { openLoraAdapter } from "./open_lora_adapter.ts";
import { parseQwenConfig } from "./parse_qwen_config.ts";
import { parseJsonText } from "./read_json_file.ts";
import { openSafetensors } from "./safetensors_file.ts";
import { STORED_BYTES } from "./tensor_source.ts";

const SEED = 20_260_101;
/** Longest time for one case; a case takes about a millisecond. */
const CASE_MS = 5_000;
/** How much the process may grow while thousands of cases run, one after another. */
const GROWTH_BYTES = 400 << 20;

type Fields = Record<string, unknown>;

/** What became of the cases: a run that only ever refuses, or never does, shows nothing. */
interface Outcome {
  accepted: number;
  refused: number;
}

/**
 * Runs one case: it must give a result that passes `check`, or a UsageError with a message of
 * some lines at most, within its time.
 */
async function attempt<T>(
  outcome: Outcome,
  run: () => T | Promise<T>,
  check: (result: T) => void,
): Promise<void> {
  const started = performance.now();
  let result: T;
  try {
    result = await run();
  } catch (error) {
    assert.ok(error instanceof UsageError, `not a UsageError: ${(error as Error).stack}`);
    assert.ok(error.message.length > 20 && error.message.length < 2000, error.message);
    outcome.refused++;
    return;
  } finally {
    const tookMs = performance.now() - started;
    assert.ok(tookMs < CASE_MS, `took ${tookMs} ms`);
  }
  check(result);
  outcome.accepted++;
}

/** Draws cases and runs them in turn, watching the size of the heap. */
async function runCases<T>(
  cases: fc.Arbitrary<T>,
  numRuns: number,
  run: (outcome: Outcome, value: T) => Promise<void>,
): Promise<void> {
  const outcome: Outcome = { accepted: 0, refused: 0 };
  const before = isolateBytes();
  let largest = before;
  const watched = async (value: T) => {
    await run(outcome, value);
    if ((outcome.accepted + outcome.refused) % 16 === 0) {
      largest = Math.max(largest, isolateBytes());
    }
  };
  await fc.assert(fc.asyncProperty(cases, watched), {
    seed: SEED,
    numRuns,
    // A failure is reported at once: shrinking files through the disk takes long.
    endOnFailure: true,
  });
  assert.ok(largest - before < GROWTH_BYTES, `the isolate grew by ${largest - before} bytes`);
  assert.equal(outcome.accepted + outcome.refused, numRuns);
  assert.ok(outcome.accepted > numRuns / 100, `${outcome.accepted} accepted`);
  assert.ok(outcome.refused > numRuns / 4, `${outcome.refused} refused`);
}

const oddNumbers = fc.constantFrom(
  0,
  -0,
  -1,
  0.5,
  1e-320,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  1e300,
  -1e300,
  NaN,
  Infinity,
);

const oddStrings = fc.constantFrom(
  "",
  "__proto__",
  "constructor",
  "toString",
  "\u0000",
  "\ud800",
  "../../etc/passwd",
  "NaN",
  "default",
  "x".repeat(5000),
  "日本語",
);

const deep = fc.integer({ min: 1, max: 3000 }).map((depth) =>
  JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown
);

/** Any value: small ones of every kind, and those that break things. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -4, max: 130 }) },
  { weight: 3, arbitrary: oddNumbers },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: oddStrings },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.array(fc.integer(), { maxLength: 400 }) },
  { weight: 1, arbitrary: deep },
);

/** Something to do to an object of settings. */
function edits(fields: readonly string[], values: fc.Arbitrary<unknown>) {
  const field = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...fields) },
    { weight: 1, arbitrary: fc.oneof(oddStrings, fc.string({ maxLength: 8 })) },
  );
  const edit = fc.oneof(
    { weight: 1, arbitrary: field.map((name) => (object: Fields) => void delete object[name]) },
    {
      weight: 6,
      arbitrary: fc.tuple(field, values).map(([name, value]) => (object: Fields) => {
        Object.defineProperty(object, name, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }),
    },
  );
  return fc.array(edit, { minLength: 1, maxLength: 3 });
}

/** Text changes: pieces cut out, doubled, or put in. */
const textEdits = fc.array(
  fc.tuple(
    fc.nat(),
    fc.nat({ max: 40 }),
    fc.constantFrom(
      "",
      ...["{", "}", "[", "]", ",", ":", '"', "\\", "-", "0", "9", "1e999", "null", "NaN"],
      ...["9007199254740993", '"F32"', '"BF16"', '"F64"', '"a":', "\\u0000", "[".repeat(500)],
      "double",
    ),
  ),
  { minLength: 1, maxLength: 3 },
);

function editText(text: string, changes: readonly [number, number, string][]): string {
  return changes.reduce((before, [where, length, put]) => {
    const at = where % (before.length + 1);
    const piece = before.slice(at, at + length);
    const inserted = put === "double" ? piece + piece : put;
    return before.slice(0, at) + inserted + before.slice(at + (put.length > 1 ? length : 1));
  }, text);
}

/** Up to five small tensors of the types there are. */
const someTensors = fc.uniqueArray(
  fc.record({
    name: fc.oneof(fc.constantFrom("a", "b", "c"), fc.string({ minLength: 1, maxLength: 6 })),
    dtype: fc.constantFrom("F32", "F16", "BF16", "U8", "F64", "F99"),
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
  }),
  { selector: ({ name }) => name, maxLength: 5 },
).map((tensors) =>
  new Map(
    tensors.filter(({ name }) => name !== "__metadata__").map(({ name, dtype, shape }) => {
      const elementBytes = { F32: 4, F16: 2, BF16: 2, U8: 1, F64: 8, F99: 3 }[dtype];
      const sizeBytes = shape.reduce((size, next) => size * next, elementBytes);
      return [name, { dtype, shape, bytes: new Uint8Array(sizeBytes) }];
    }),
  )
);

/** What is done to a file that was whole. */
const damage = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("none" as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("text" as const), changes: textEdits }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("entry" as const),
      which: fc.nat({ max: 6 }),
      field: fc.constantFrom("dtype", "shape", "data_offsets", "extra"),
      value: fc.oneof(
        anyValue,
        fc.array(fc.oneof(fc.integer({ min: 0, max: 24 }), oddNumbers), { maxLength: 3 }),
        fc.constantFrom("F32", "F16", "BF16", "F64", "F4", "I8", "F99"),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("length" as const),
      value: fc.oneof(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: 0n, max: 500n }),
        fc.constantFrom(100_000_000n, 2n ** 53n, 2n ** 63n),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("size" as const),
      more: fc.integer({ min: -300, max: 20 }),
    }),
  },
);

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(whole: Uint8Array, harm: Damage): Uint8Array {
  const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(whole.subarray(8, 8 + length));
  const data = whole.slice(8 + length);
  switch (harm.kind) {
    case "none":
      return whole;
    case "text":
      return withHeader(editText(header, harm.changes), [data]);
    case "entry": {
      const object = JSON.parse(header);
      const names = Object.keys(object);
      object[names[harm.which % names.length]!][harm.field] = harm.value;
      return withHeader(JSON.stringify(object), [data]);
    }
    case "length": {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setBigUint64(0, harm.value, true);
      return bytes;
    }
    case "size": {
      const bytes = new Uint8Array(Math.max(0, whole.length + harm.more));
      bytes.set(whole.subarray(0, bytes.length));
      return bytes;
    }
  }
}

Deno.test("5,000 mutated safetensors files: a clear error, or exactly the bytes they have", async () => {
  await inTempFolder(async (folder) => {
    const path = join(folder, "x.safetensors");
    const cases = fc.record({ tensors: someTensors, harm: damage });
    await runCases(cases, 5000, async (outcome, { tensors, harm }) => {
      const file = damaged(safetensorsBytes(tensors), harm);
      await Deno.writeFile(path, file);
      const { refused } = outcome;
      await attempt(outcome, () => openSafetensors(path), (opened) => {
        assert.equal(opened.sizeBytes, file.length);
        let end = 0;
        for (const { dtype, shape, offset, sizeBytes } of opened.tensors.values()) {
          assert.ok(offset >= Math.max(8, end) && offset + sizeBytes <= file.length);
          assert.equal(sizeBytes, shape.reduce((size, next) => size * next, STORED_BYTES[dtype]));
          end = offset + sizeBytes;
        }
        const names = [...opened.tensors.keys(), ...opened.otherTypes.keys()];
        const headerEnd = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
        const written = JSON.parse(new TextDecoder().decode(file.subarray(8, headerEnd)));
        delete written.__metadata__;
        assert.deepEqual(names.sort(), Object.keys(written).sort());
      });
      if (harm.kind === "none") assert.equal(outcome.refused, refused, "a whole file is taken");
    });
  });
});

const configValues = fc.oneof(
  anyValue,
  fc.constantFrom(
    "qwen2",
    "qwen3",
    "llama",
    "silu",
    "yarn",
    ["full_attention"],
    {},
    {
      rope_theta: 1e6,
      rope_type: "default",
    },
    { rope_type: "yarn", factor: 4 },
    { quant_method: "awq" },
  ),
);

const configCases = fc.record({
  base: fc.constantFrom(TINY_QWEN2, TINY_QWEN3),
  changes: edits([
    ...new Set([...Object.keys(TINY_QWEN2), ...Object.keys(TINY_QWEN3)]),
    "quantization_config",
  ], configValues),
  text: fc.option(textEdits, { freq: 4 }),
});

Deno.test("3,000 mutated config.json: a clear error, or a config that can be built", async () => {
  await runCases(configCases, 3000, async (outcome, { base, changes, text }) => {
    let json: unknown = structuredClone(base);
    for (const change of changes) change(json as Fields);
    await attempt(outcome, () => {
      if (text !== null) json = parseJsonText(editText(JSON.stringify(json), text), "c.json");
      return parseQwenConfig(json, "c.json");
    }, (config) => {
      const raw = json as Fields;
      assert.equal(config.modelType, raw.model_type);
      assert.deepEqual(
        [config.vocabSize, config.hiddenSize, config.intermediateSize, config.layers],
        [raw.vocab_size, raw.hidden_size, raw.intermediate_size, raw.num_hidden_layers],
      );
      assert.equal(config.heads, raw.num_attention_heads);
      assert.equal(config.heads % config.kvHeads, 0);
      assert.equal(config.headDim % 8, 0);
      assert.equal(config.tied, raw.tie_word_embeddings ?? false);
      assert.ok(config.ropeTheta > 0 && config.rmsNormEps > 0 && config.maxPositions > 0);
      assert.notEqual(raw.use_sliding_window, true);
      assert.ok((raw.quantization_config ?? null) === null);
      for (const shape of expectedTensors(config).values()) {
        assert.ok(shape.every((size) => Number.isSafeInteger(size) && size > 0));
      }
    });
  });
});

const patterns = fc.array(
  fc.constantFrom(
    ...[".*", "(a+)+", "(", ")", "[", "]", "|", "*", "+", "?", "{1,900}", "{2}", "\\", "\\d", "$"],
    ...["q_proj", "v_proj", "model", "layers", "(?!", "(?=", "(.*)*", "(q|v)_proj", ".*\\.", "^"],
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

const adapterValues = fc.oneof(
  anyValue,
  patterns,
  fc.array(fc.oneof(fc.constantFrom("q_proj", "v_proj", "lm_head", "norm", "mlp"), patterns), {
    maxLength: 4,
  }),
  fc.dictionary(patterns, fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(4)), { maxKeys: 4 }),
  fc.constantFrom("LORA", "all-linear", ".*(q|v)_proj", "pissa", "gaussian", "none", 4, 8),
);

const adapterCases = fc.record({
  changes: edits([
    ...Object.keys(TINY_LORA),
    // The fields that decide most, more often.
    ...Array(6).fill(["target_modules", "rank_pattern", "alpha_pattern", "exclude_modules"]).flat(),
  ], adapterValues),
  text: fc.option(textEdits, { freq: 8 }),
});

Deno.test("2,000 mutated adapter_config.json: a clear error, or the adapter in the file", async () => {
  await inTempFolder(async (folder) => {
    const base = await openCheckpoint(await writeCheckpoint(join(folder, "base")));
    const tensors = loraTensors();
    const path = await writeAdapter(join(folder, "adapter"), TINY_LORA, tensors);
    await runCases(adapterCases, 2000, async (outcome, { changes, text }) => {
      const json: Fields = structuredClone(TINY_LORA);
      for (const change of changes) change(json);
      const written = JSON.stringify(json);
      const config = text === null ? written : editText(written, text);
      await Deno.writeTextFile(join(path, "adapter_config.json"), config);
      await attempt(outcome, () => openLoraAdapter(path, base), (adapter) => {
        const read = adapter.config;
        assert.equal(adapter.modules.size, tensors.size / 2);
        for (const { rank, scaling, a } of adapter.modules.values()) {
          assert.equal(rank, a.shape[0]);
          assert.ok(Number.isFinite(scaling));
          if (Object.keys(read.alpha_pattern ?? {}).length > 0) continue;
          const alpha = (read.lora_alpha ?? 8) as number;
          assert.equal(scaling, read.use_rslora === true ? alpha / 2 : alpha / 4);
        }
        assert.equal(read.peft_type, "LORA");
        assert.ok((read.bias ?? "none") === "none" && read.fan_in_fan_out !== true);
        assert.notEqual(read.use_dora, true);
      });
    });
  });
});
