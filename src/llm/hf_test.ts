import assert from "node:assert/strict";
import { join } from "node:path";
import { pruneExports } from "../hub/export_cache.ts";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { exportTo, makeForeign } from "../onnx/exported_double.ts";
import { EXPORTER_VERSION } from "../onnx/export_report.ts";
import { writeTinyAdapter, writeTinyModel } from "../onnx/tiny_model_double.ts";
import type { DeviceName } from "../runtime/device.ts";
import type { DeviceProbe } from "../runtime/probe_devices.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { createHfLlm, defaultDtype, type HFLLMConfig } from "./hf.ts";
import type { Prompt } from "./llm.ts";
import { integerWeightsHere, type PrepareProgress } from "./prepare_model.ts";

const PROMPT: Prompt = {
  messages: [{ role: "user", content: "法" }],
  parts: { context: "", question: "", choices: { a: "1", b: "2", c: "3", d: "4" } },
};

/** Says of every device that it works. */
const allWork = (device: DeviceName): Promise<DeviceProbe> =>
  Promise.resolve({ device, works: true });

/** A model and an adapter on disk, and a cache of its own. */
async function withModel(
  body: (
    place: { folder: string; config: HFLLMConfig; adapter: string },
  ) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const modelName = await writeTinyModel(join(folder, "m"));
    const adapter = await writeTinyAdapter(join(folder, "a"));
    const environment = { houqaCache: join(folder, "cache") };
    await body({ folder, adapter, config: { modelName, device: "cpu", environment } });
  });
}

Deno.test("four bits are the default on GPUs, eight on processors", () => {
  const devices = ["cuda", "webgpu", "cpu", "wasm"] as const;
  assert.deepEqual(devices.map((device) => defaultDtype(device)), ["q4f16", "q4", "q8", "q8"]);
  assert.deepEqual(devices.map((device) => defaultDtype(device, true)), [
    "q4f16",
    "q4",
    "q4",
    "q4",
  ]);
});

Deno.test("q8 is refused where its products would run on the host, before anything is done", () =>
  withModel(async ({ folder, config }) => {
    for (const device of ["cuda", "webgpu"] as const) {
      await assert.rejects(
        createHfLlm({ ...config, device, dtype: "q8", probe: allWork }),
        (error) =>
          error instanceof UsageError &&
          error.message.includes(`on ${device} its integer products`) &&
          /--hf-dtype q4, q4f16 or fp16, or --hf-device cpu/.test(error.message),
      );
    }
    await assert.rejects(Deno.stat(join(folder, "cache")), Deno.errors.NotFound);
  }));

Deno.test("half precision is refused on a WebGPU adapter that has none, with what to use instead", () =>
  withModel(async ({ folder, config }) => {
    const probe = (device: DeviceName) =>
      Promise.resolve({ device, works: true, detail: "Old GPU", hasFloat16: false });
    for (const [dtype, instead] of [["fp16", "fp32"], ["q4f16", "q4"]] as const) {
      await assert.rejects(
        createHfLlm({ ...config, device: "webgpu", dtype, probe }),
        (error) =>
          error instanceof UsageError &&
          error.message ===
            `${dtype} computes in float16, and this WebGPU adapter (Old GPU) does not (it has no ` +
              `shader-f16). Use --hf-dtype ${instead}, or --hf-device cpu.`,
      );
    }
    await assert.rejects(Deno.stat(join(folder, "cache")), Deno.errors.NotFound);
  }));

Deno.test("a device that does not work is refused with its reason", () =>
  withModel(async ({ config }) => {
    const probe = (device: DeviceName) =>
      Promise.resolve({ device, works: false, reason: "there is no NVIDIA driver" });
    await assert.rejects(
      createHfLlm({ ...config, device: "cuda", probe }),
      (error) =>
        error instanceof UsageError &&
        /--hf-device cuda can't be used: there is no NVIDIA driver/.test(error.message),
    );
  }));

Deno.test("the identity says which bytes answered; the export is made once and held while it is open", () =>
  withModel(async ({ folder, config, adapter }) => {
    const stages = new Set<string>();
    const onProgress = ({ stage }: PrepareProgress) => stages.add(stage);
    const llm = await createHfLlm({ ...config, onProgress, maxNewTokens: 3 });
    const { modelDigest, versions, ...identity } = llm.identity;
    assert.deepEqual(identity, {
      backend: "hf",
      model: config.modelName,
      exporter: `${EXPORTER_VERSION}-${integerWeightsHere()}`,
      dtype: "q8",
      device: "cpu",
      contextLength: 4096,
    });
    assert.match(modelDigest!, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(Object.keys(versions).sort(), [
      "@huggingface/jinja",
      "@huggingface/tokenizers",
      "onnxruntime-node",
    ]);
    assert.deepEqual([...stages], ["digest", "export", "hash"]);
    assert.equal((await llm.invoke(PROMPT)).completionTokens, 3);
    const { environment } = config;
    assert.equal((await pruneExports({ all: true, environment })).inUse.length, 1);
    await llm.close();

    // The same bytes elsewhere are the same model.
    await Deno.rename(join(folder, "m"), join(folder, "moved"));
    stages.clear();
    const moved = await createHfLlm({
      ...config,
      modelName: join(folder, "moved"),
      onProgress,
    });
    assert.equal(moved.identity.modelDigest, modelDigest);
    assert.ok(!stages.has("export"));
    await moved.close();

    const adapted = await createHfLlm({
      ...config,
      modelName: join(folder, "moved"),
      loraPath: adapter,
      dtype: "fp32",
      onProgress,
    });
    assert.equal(adapted.identity.modelDigest, modelDigest);
    assert.match(adapted.identity.adapterDigest!, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual([adapted.identity.adapter, adapted.identity.dtype], [adapter, "fp32"]);
    assert.equal(adapted.identity.exporter, `${EXPORTER_VERSION}`);
    assert.ok(stages.has("export"));
    await adapted.close();
    assert.equal((await pruneExports({ all: true, environment })).removed.length, 2);
  }));

Deno.test("another weight, configuration or template is another model", () =>
  withModel(async ({ folder, config }) => {
    const digests = new Set<string>();
    const open = async () => {
      const llm = await createHfLlm(config);
      digests.add(llm.identity.modelDigest!);
      await llm.close();
    };
    await open();
    await writeTinyModel(join(folder, "m"), { seed: 9 });
    await open();
    await Deno.writeTextFile(join(folder, "m", "chat_template.jinja"), "{{ messages[0].content }}");
    await open();
    await Deno.writeTextFile(join(folder, "m", "generation_config.json"), '{"top_k": 5}');
    await open();
    assert.equal(digests.size, 4);
  }));

Deno.test("a model that memory can't hold is refused beforehand and let go", () =>
  withModel(async ({ config }) => {
    const tooLittle = (availableBytes: number, device: DeviceName, limitBytes?: number) =>
      createHfLlm({
        ...config,
        device,
        dtype: "q4",
        probe: allWork,
        readMemory: () => ({
          availableBytes,
          ...(limitBytes === undefined ? {} : { limitBytes }),
        }),
      });
    const refusal = (words: RegExp) => (error: unknown) =>
      error instanceof CannotContinueError && words.test(error.message);
    await assert.rejects(
      tooLittle(3e8, "cpu"),
      refusal(/needs about 0\.6 GB of memory on cpu; 0\.3 GB are free\. Use a smaller --hf-dtype/),
    );
    await assert.rejects(
      tooLittle(7e8, "wasm"),
      refusal(/about 0\.8 GB of memory on wasm; 0\.7 GB are free\. Use --hf-device cpu, which/),
    );
    // On a GPU the weights do not stay in the host's memory.
    await assert.rejects(
      tooLittle(1.4e9, "cuda", 2e9),
      refusal(
        /about 1\.5 GB of memory on cuda; 1\.4 GB are free \(this container's limit is 2\.0 GB\)/,
      ),
    );
    const { environment } = config;
    assert.equal((await pruneExports({ all: true, environment })).removed.length, 1);
    const enough = await tooLittle(7e8, "cpu");
    await enough.close();
    const unknown = await createHfLlm({ ...config, readMemory: () => ({}) });
    await unknown.close();
  }));

Deno.test("a folder that was exported runs as it is; a precision it has not is refused", () =>
  withModel(async ({ folder, config }) => {
    const modelName = join(folder, "onnx-folder");
    await exportTo(modelName, config.modelName, "fp32");
    const llm = await createHfLlm({ ...config, modelName, dtype: "fp32" });
    assert.match(llm.identity.modelDigest!, /^sha256:/);
    assert.equal((await llm.invoke(PROMPT, { maxNewTokens: 2 })).completionTokens, 2);
    await llm.close();
    await assert.rejects(
      createHfLlm({ ...config, modelName }),
      (error) =>
        error instanceof UsageError &&
        /has no onnx\/model_quantized\.onnx; it has onnx\/model\.onnx/.test(error.message),
    );
  }));

Deno.test("a model that can't think is refused when it is loaded, and let go", () =>
  withModel(async ({ folder, config }) => {
    await Deno.writeTextFile(join(folder, "m", "chat_template.jinja"), "{{ messages[0].content }}");
    await assert.rejects(createHfLlm({ ...config, think: true }), /can't think: leave --think out/);
    const { environment } = config;
    assert.equal((await pruneExports({ all: true, environment })).removed.length, 1);
  }));

Deno.test("only graphs that houqa exported are asked several questions at once", () =>
  withModel(async ({ folder, config }) => {
    const foreign = join(folder, "foreign");
    await exportTo(foreign, config.modelName, "fp32");
    await makeForeign(foreign);
    const open = (batchSize: number | "auto") =>
      createHfLlm({ ...config, modelName: foreign, dtype: "fp32", batchSize, probe: allWork });
    await assert.rejects(
      open(4),
      (error) => error instanceof UsageError && /--batch-size 4 needs a model/.test(error.message),
    );
    const llm = await open("auto");
    try {
      const alone = await llm.invoke(PROMPT, { answerFormat: "letter" });
      const together = await Promise.all(
        Array.from({ length: 12 }, () => llm.invoke(PROMPT, { answerFormat: "letter" })),
      );
      for (const { text } of together) assert.equal(text, alone.text);
    } finally {
      await llm.close();
    }
  }));
