import assert from "node:assert/strict";
import { join } from "node:path";
import { exportSource, integerWeightsHere, openSource } from "../llm/prepare_model.ts";
import { withExport } from "../hub/export_cache.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import {
  type DoubleTensors,
  filled,
  inTempFolder,
  loraTensors,
  TINY_LORA,
  writeAdapter,
} from "./checkpoint_double.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { EXPORT_DTYPES } from "./export_dtype.ts";
import { digestsBelow, exportTo } from "./exported_double.ts";
import { exportModel } from "./export_model.ts";
import { EXPORTER_VERSION } from "./export_report.ts";
import { findDamage } from "./output_digests.ts";
import {
  SMALL_QWEN3,
  TINY_ADAPTER,
  writeTinyAdapter,
  writeTinyModel,
} from "./tiny_model_double.ts";

/** Puts one value into a float32 tensor. */
function put(tensors: DoubleTensors, name: string, index: number, value: number): void {
  new Float32Array(tensors.get(name)!.bytes.buffer)[index] = value;
}

async function refusal(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    assert.ok(error instanceof UsageError, String((error as Error).stack));
    return error.message;
  }
  throw new Error("nothing was refused");
}

for (const dtype of ["fp32", "q8", "q4f16"] as const) {
  Deno.test(`${dtype}: the same bytes with no, one and three workers`, () =>
    inTempFolder(async (folder) => {
      const model = await writeTinyModel(join(folder, "m"));
      const adapterFolder = await writeTinyAdapter(join(folder, "a"));
      const expected = new Map<string, string>();
      for (const workers of [0, 1, 3]) {
        const out = join(folder, String(workers));
        await exportTo(out, model, dtype, { adapterFolder, workers });
        const found = await digestsBelow(out);
        if (workers === 0) found.forEach((digest, path) => expected.set(path, digest));
        assert.deepEqual(found, expected, `${workers} workers`);
      }
      assert.ok(expected.has("export.json") && expected.has("tokenizer.json"));
    }));
}

Deno.test("what goes wrong in a worker ends the export with its message", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const checkpoint = await openCheckpoint(model);
    await Deno.truncate(join(model, "model.safetensors"), 5000);
    for (const workers of [0, 2]) {
      const out = await Deno.makeTempDir({ dir: folder });
      await assert.rejects(
        exportModel({
          checkpoint,
          dtype: "q4",
          folder: out,
          integerWeights: "int8",
          digests: new Map(),
          workers,
        }),
        (error: Error) =>
          error instanceof CannotContinueError &&
          /model\.safetensors became shorter while it was read/.test(error.message),
      );
    }
  }));

Deno.test("an export that is interrupted leaves nothing in the folder it was for", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const environment = { houqaCache: join(folder, "cache") };
    const wanted = { modelName: model, dtype: "fp32" } as const;
    const source = await openSource(wanted, { environment });
    for (const workers of ["here", "aborted before"]) {
      const controller = new AbortController();
      if (workers === "aborted before") controller.abort(new DOMException("", "AbortError"));
      const output = join(folder, "place", "out");
      let calls = 0;
      await assert.rejects(
        exportSource(source, output, {
          environment,
          signal: controller.signal,
          onProgress: () => {
            calls++;
            // So long that a pause is due.
            const until = performance.now() + 60;
            while (performance.now() < until);
            controller.abort(new DOMException("", "AbortError"));
          },
        }),
        { name: "AbortError" },
      );
      assert.ok(calls <= 2, `${calls} slices were done after the signal`);
      assert.deepEqual([...Deno.readDirSync(join(folder, "place"))], []);
    }
  }));

Deno.test("an export that is interrupted leaves nothing in the cache; the next one is whole", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const environment = { houqaCache: join(folder, "cache") };
    const wanted = { modelName: model, dtype: "q8" } as const;
    const controller = new AbortController();
    const source = await openSource(wanted, { environment });
    const onProgress = () => {
      const until = performance.now() + 60;
      while (performance.now() < until);
      controller.abort(new DOMException("", "AbortError"));
    };
    const interrupted = exportSource(source, undefined, {
      environment,
      signal: controller.signal,
      onProgress,
    });
    await assert.rejects(interrupted, { name: "AbortError" });
    const exports = join(folder, "cache", "exports");
    assert.deepEqual([...Deno.readDirSync(exports)].map(({ name }) => name), [".locks"]);

    const made = await exportSource(source, undefined, { environment });
    made.release();
    const again = await exportSource(source, undefined, {
      environment,
      onProgress: () => assert.fail("it was exported twice"),
    });
    again.release();
    assert.equal(again.folder, made.folder);
    assert.ok(made.folder.startsWith(exports));
  }));

Deno.test("workers stop at the signal too, and withExport removes what they wrote", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const checkpoint = await openCheckpoint(model);
    const controller = new AbortController();
    const key = { name: "m", files: {}, dtype: "q4", exporterVersion: "1" };
    const made = withExport(
      key,
      async (out) => {
        await exportModel({
          checkpoint,
          dtype: "q4",
          folder: out,
          integerWeights: "int8",
          digests: new Map(),
          workers: 2,
          signal: controller.signal,
          onProgress: () => controller.abort(new DOMException("", "AbortError")),
        });
      },
      { environment: { houqaCache: folder } },
    );
    await assert.rejects(made, { name: "AbortError" });
    assert.deepEqual(
      [...Deno.readDirSync(join(folder, "exports"))].map(({ name }) => name),
      [".locks"],
    );
  }));

Deno.test("NaN and infinities are refused with the tensor's name, in every precision", () =>
  inTempFolder(async (folder) => {
    const name = "model.layers.1.mlp.up_proj.weight";
    const model = await writeTinyModel(join(folder, "m"), {
      change: (tensors) => {
        put(tensors, name, 70, NaN);
        put(tensors, name, 700, -Infinity);
      },
    });
    for (const dtype of EXPORT_DTYPES) {
      const message = await refusal(exportTo(join(folder, dtype), model, dtype));
      assert.ok(message.startsWith(`${name} has 2 values that are NaN or infinite`), message);
    }
  }));

Deno.test("values that half precision can't hold are refused by name; other types take them", () =>
  inTempFolder(async (folder) => {
    const name = "model.layers.0.mlp.down_proj.weight";
    const model = await writeTinyModel(join(folder, "m"), {
      change: (tensors) => {
        put(tensors, name, 3, 65504);
        put(tensors, name, 5, 65520);
        put(tensors, name, 6, -1e9);
      },
    });
    for (const dtype of ["fp16", "q4f16"] as const) {
      const message = await refusal(exportTo(join(folder, dtype), model, dtype));
      assert.match(message, new RegExp(`^${name} has [12] values beyond ±65504, which ${dtype} `));
      assert.match(message, /q4, q8 or fp32/);
    }
    for (const dtype of ["fp32", "q8", "q4"] as const) {
      await exportTo(join(folder, dtype), model, dtype);
    }
  }));

Deno.test("half precision refuses an embedding that its scales can't hold", () =>
  inTempFolder(async (folder) => {
    const name = "model.embed_tokens.weight";
    const model = await writeTinyModel(join(folder, "m"), {
      change: (tensors) => put(tensors, name, 0, 1e8),
    });
    const message = await refusal(exportTo(join(folder, "o"), model, "q4f16"));
    assert.match(message, new RegExp(`^${name} has 1 values beyond`));
  }));

Deno.test("an adapter whose product is zero is refused", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    // Two rows of A that cancel each other out: no factor is zero, but their product is.
    const tensors = loraTensors(SMALL_QWEN3, ["q_proj"], 2);
    for (const [name, { bytes, shape }] of tensors) {
      if (!name.includes("lora_A")) continue;
      const values = new Float32Array(bytes.buffer);
      for (let i = 0; i < shape[1]!; i++) values[shape[1]! + i] = -values[i]!;
    }
    const adapterFolder = await writeAdapter(join(folder, "a"), {
      ...TINY_LORA,
      r: 2,
      target_modules: ["q_proj"],
    }, tensors);
    for (const dtype of ["fp32", "q4"] as const) {
      const message = await refusal(exportTo(join(folder, dtype), model, dtype, { adapterFolder }));
      assert.match(message, /adapter has no effect/);
    }
  }));

Deno.test("export.json says where every byte came from", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"), { dtype: "BF16" });
    const adapterFolder = await writeTinyAdapter(join(folder, "a"));
    const environment = { houqaCache: join(folder, "cache") };
    const output = join(folder, "out");
    // A slash at the end, as shells complete folders.
    const source = await openSource({
      modelName: `${model}/`,
      loraPath: `${adapterFolder}/`,
      dtype: "q8",
    }, { environment });
    const { modelDigest, adapterDigest } = await exportSource(source, output, { environment });
    const report = JSON.parse(await Deno.readTextFile(join(output, "export.json")));
    const sha = await digestsBelow(folder);
    assert.deepEqual(report.base, {
      folder: "m",
      files: Object.fromEntries(
        [...sha].filter(([path]) => path.startsWith("m/"))
          .map(([path, digest]) => [path.slice(2), digest]),
      ),
    });
    const { config, ...adapter } = report.adapter;
    assert.deepEqual(adapter, {
      folder: "a",
      files: {
        "adapter_config.json": sha.get("a/adapter_config.json"),
        "adapter_model.safetensors": sha.get("a/adapter_model.safetensors"),
      },
    });
    assert.deepEqual(config, TINY_ADAPTER);
    assert.deepEqual(
      [report.exporter_version, report.houqa_version, report.dtype, report.model_type],
      [EXPORTER_VERSION, HOUQA_VERSION, "q8", "qwen3"],
    );
    assert.equal(report.integer_weights, integerWeightsHere());
    assert.deepEqual(
      report.outputs,
      Object.fromEntries(
        [...sha].filter(([path]) => path.startsWith("out/") && path !== "out/export.json")
          .map(([path, digest]) => [path.slice(4), digest]),
      ),
    );
    assert.deepEqual(await findDamage(output), []);
    assert.match(modelDigest, /^sha256:[0-9a-f]{64}$/);
    assert.match(adapterDigest!, /^sha256:[0-9a-f]{64}$/);

    const { checkpoint } = source;
    type Row = { name: string; norm: number; rounding_error: number; adapter_change?: number };
    const rows: Row[] = report.tensors;
    assert.deepEqual(rows.map(({ name }) => name).sort(), [...checkpoint.tensors.keys()].sort());
    const changed = rows.filter(({ adapter_change }) => adapter_change !== undefined);
    assert.deepEqual(
      changed.map(({ name }) => name).sort(),
      [0, 1].flatMap((layer) =>
        ["q", "v"].map((one) => `model.layers.${layer}.self_attn.${one}_proj.weight`)
      ).sort(),
    );
    const root = (pick: (row: Row) => number) =>
      Math.sqrt(changed.reduce((sum, row) => sum + pick(row) ** 2, 0));
    const close = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 1e-12 * b, `${a} ${b}`);
    close(report.totals.norm, root((row) => row.norm));
    close(report.totals.rounding_error, root((row) => row.rounding_error));
    close(report.totals.adapter_change, root((row) => row.adapter_change!));
    assert.ok(rows.every(({ norm, rounding_error }) => norm > 0 && rounding_error < 0.01 * norm));
    assert.deepEqual(report.warnings, []);
  }));

Deno.test("the norms in export.json are those of the merged values", () =>
  inTempFolder(async (folder) => {
    // W = 0.5 everywhere, B·A = 4 · 0.25 · 0.125 everywhere, s = α/r = 2.
    const model = await writeTinyModel(join(folder, "m"), {
      change: (tensors) => {
        for (const [name, { shape }] of tensors) tensors.set(name, filled(shape));
      },
    });
    const adapterFolder = await writeAdapter(
      join(folder, "a"),
      TINY_LORA,
      loraTensors(SMALL_QWEN3),
    );
    const report = await exportTo(join(folder, "o"), model, "fp32", { adapterFolder });
    const row = (ending: string) => report.tensors.find(({ name }) => name.endsWith(ending))!;
    const elements = 64 * 64;
    assert.equal(row("0.self_attn.q_proj.weight").norm, Math.sqrt(elements * 0.75 ** 2));
    assert.equal(row("0.self_attn.q_proj.weight").adapter_change, Math.sqrt(elements * 0.25 ** 2));
    assert.equal(row("0.self_attn.o_proj.weight").norm, Math.sqrt(elements * 0.5 ** 2));
    assert.equal(row("0.self_attn.o_proj.weight").adapter_change, undefined);
    assert.equal(report.totals.rounding_error, 0);
    assert.equal(
      report.totals.norm,
      Math.sqrt(2 * (elements + elements / 2) * 0.75 ** 2),
    );
  }));

Deno.test("a warning says when rounding changes more than the adapter does", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const small = await writeTinyAdapter(join(folder, "small"), { scale: 0.02 });
    const large = await writeTinyAdapter(join(folder, "large"));
    const warnings = async (adapterFolder: string, dtype: "fp32" | "q8" | "q4") => {
      const out = await Deno.makeTempDir({ dir: folder });
      return (await exportTo(out, model, dtype, { adapterFolder })).warnings;
    };
    const [warning, ...others] = await warnings(small, "q4");
    assert.match(
      warning!,
      /^Rounding to q4 changes the adapted weights by [\d.]+ % .*the adapter itself by 0\.\d+ %: /,
    );
    assert.deepEqual(others, []);
    assert.deepEqual(await warnings(small, "fp32"), []);
    assert.deepEqual(await warnings(large, "q4"), []);
    assert.deepEqual(await warnings(large, "q8"), []);
  }));

Deno.test("progress counts the checkpoint's bytes to the end", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"), { dtype: "BF16" });
    const seen: [number, number][] = [];
    await exportTo(join(folder, "o"), model, "q4", {
      onProgress: (done, total) => seen.push([done, total]),
    });
    const { tensors } = await openCheckpoint(model);
    const total = [...tensors.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    assert.deepEqual(seen.at(-1), [total, total]);
    assert.equal(seen.length, tensors.size);
    assert.ok(seen.every(([done], index) => done > (seen[index - 1]?.[0] ?? 0)));
  }));

Deno.test("a model without tokenizer.json is refused before anything is written", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    await Deno.remove(join(model, "tokenizer.json"));
    assert.match(
      await refusal(exportTo(join(folder, "o"), model, "q4")),
      /has no tokenizer\.json\. Make one with Python/,
    );
    assert.deepEqual([...Deno.readDirSync(join(folder, "o"))], []);
  }));

Deno.test("the folder's config and tokenizer say what transformers.js must know", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const read = async (path: string) => JSON.parse(await Deno.readTextFile(join(folder, path)));
    const template = await Deno.readTextFile(join(model, "chat_template.jinja"));
    await exportTo(join(folder, "q4f16"), model, "q4f16");
    await exportTo(join(folder, "fp32"), model, "fp32");
    assert.deepEqual((await read("q4f16/config.json"))["transformers.js_config"], {
      dtype: "q4f16",
      use_external_data_format: { "model_q4f16.onnx": 1 },
      kv_cache_dtype: { q4f16: "float16" },
    });
    const { "transformers.js_config": extra, ...rest } = await read("fp32/config.json");
    assert.deepEqual(extra, { dtype: "fp32", use_external_data_format: { "model.onnx": 1 } });
    assert.deepEqual(rest, await read("m/config.json"));
    assert.equal((await read("fp32/tokenizer_config.json")).chat_template, template);
    assert.deepEqual(
      [...Deno.readDirSync(join(folder, "q4f16/onnx"))].map(({ name }) => name).sort(),
      ["model_q4f16.onnx", "model_q4f16.onnx_data"],
    );
  }));
