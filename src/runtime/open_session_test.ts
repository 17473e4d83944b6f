import assert from "node:assert/strict";
import { join } from "node:path";
import { Tensor } from "onnxruntime-common";
import { CausalModel } from "../llm/causal_model.ts";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { exportTo, largestDifference, withModel } from "../onnx/exported_double.ts";
import { writeTinyModel } from "../onnx/tiny_model_double.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { DeviceName } from "./device.ts";
import { openBindingSession } from "./native_binding.ts";
import { loadBinding, openCpuSession, openCudaSession } from "./native_session.ts";
import { openSession } from "./open_session.ts";
import type { RuntimeSession } from "./runtime_session.ts";
import { probeDevice } from "./probe_devices.ts";
import { probeModel } from "./probe_model.ts";

/** Software adapters count: the results are the same. */
const hasAdapter = await navigator.gpu?.requestAdapter().then(Boolean, () => false) ?? false;

const IDS = Array.from({ length: 40 }, (_, index) => 5 + 31 * index * index % 250);
const SPLIT = 17;

/** Logits after all tokens, in one pass and after a cached start, and of one more token. */
async function logitsOf(model: CausalModel): Promise<Float32Array[]> {
  const whole = await model.forward(IDS);
  const start = await model.forward(IDS.slice(0, SPLIT));
  const rest = await model.forward(IDS.slice(SPLIT), start.cache);
  // The cache that was given is still as it was.
  const again = await model.forward(IDS.slice(SPLIT), start.cache);
  const next = await model.forward([7], rest.cache);
  for (const { cache } of [whole, start, rest, again, next]) model.dispose(cache);
  return [whole.logits, rest.logits, again.logits, next.logits];
}

Deno.test("a cache extended in place gives the logits of one that is copied", () =>
  inTempFolder(async (folder) => {
    await writeTinyModel(join(folder, "m"));
    const out = join(folder, "o");
    for (const dtype of ["fp32", "q8", "q4"] as const) {
      await exportTo(out, join(folder, "m"), dtype);
      await withModel(out, dtype, async (copying) => {
        const model = new CausalModel(copying.session, copying.shape, { extendsInPlace: true });
        const [whole, rest, , next] = await logitsOf(copying);
        const start = await model.forward(IDS);
        assert.deepEqual(start.logits, whole);
        // The start of one sequence serves the next, without a copy.
        const cut = model.truncate(start.cache, SPLIT);
        assert.equal(Object.values(cut.tensors)[0], Object.values(start.cache.tensors)[0]);
        const again = await model.forward(IDS.slice(SPLIT), cut);
        assert.deepEqual(again.logits, rest);
        // More than there was room for: the buffers grow, and the sequence is kept.
        const more = Array.from({ length: 300 }, (_, index) => 5 + 7 * index % 250);
        const long = await model.forward(more, (await model.forward([7], again.cache)).cache);
        const expected = await copying.forward([...IDS, 7, ...more]);
        assert.ok(
          largestDifference(long.logits, expected.logits) < (dtype === "fp32" ? 1e-4 : 0.1),
        );
        assert.deepEqual((await model.forward([7], model.truncate(long.cache, 40))).logits, next);
        await assert.rejects(model.forward([7], long.cache), /written over/);
      });
      await Deno.remove(out, { recursive: true });
    }
  }));

Deno.test("a reading that is given up leaves the start it went on from, and nothing of itself", () =>
  inTempFolder(async (folder) => {
    await writeTinyModel(join(folder, "m"));
    const out = join(folder, "o");
    await exportTo(out, join(folder, "m"), "fp32");
    await withModel(out, "fp32", async (copying) => {
      const { session } = copying;
      let runs = 0;
      let stopAt = Infinity;
      let stop = new AbortController();
      const stopping: RuntimeSession = {
        ...session,
        run: async (feeds, given) => {
          const outputs = await session.run(feeds, given);
          if (++runs === stopAt) stop.abort();
          return outputs;
        },
      };
      const tokens = (count: number, factor: number) =>
        Array.from({ length: count }, (_, index) => 5 + factor * index % 250);
      for (const extendsInPlace of [true, false]) {
        const model = new CausalModel(stopping, copying.shape, { extendsInPlace });
        const fresh = new CausalModel(session, copying.shape, { extendsInPlace });
        const known = tokens(300, 7);
        const { logits: expected } = await fresh.forward([9], (await fresh.forward(known)).cache);
        // Short ones end within the known tokens, long ones behind them and where the buffers grow.
        for (const [count, passes] of [[520, 1], [520, 2], [2000, 1], [2000, 5]] as const) {
          const other = tokens(count, 11);
          for (const length of [20, 299, 300]) {
            const whole = await model.forward(known);
            const start = model.truncate(whole.cache, length);
            [runs, stopAt, stop] = [0, passes, new AbortController()];
            await assert.rejects(model.forward(other, start, stop.signal), { name: "AbortError" });
            assert.equal(runs, passes);
            stopAt = Infinity;
            const isWrittenOver = extendsInPlace && length < 300;
            if (isWrittenOver) {
              await assert.rejects(model.forward([9], whole.cache), /written over/);
              assert.throws(() => model.truncate(whole.cache, 290), /written over/);
            }
            const again = await model.forward([...known.slice(length), 9], start);
            assert.ok(largestDifference(again.logits, expected) < 1e-4);
            if (!isWrittenOver) {
              const next = await model.forward([9], whole.cache);
              assert.ok(largestDifference(next.logits, expected) < 1e-4);
            }
          }
        }
        // Before anything was read nothing is written over.
        const whole = await model.forward(known);
        runs = 0;
        const start = model.truncate(whole.cache, 20);
        await assert.rejects(model.forward([9], start, AbortSignal.abort()), {
          name: "AbortError",
        });
        assert.equal(runs, 0);
        const next = await model.forward([9], whole.cache);
        assert.ok(largestDifference(next.logits, expected) < 1e-4);
      }
    });
  }));

/** Logits are between -3 and 3. With few bits the processor rounds activations, the others do not. */
const TOLERANCE = { fp32: 1e-3, fp16: 0.05, q8: 0.1, q4: 0.2, q4f16: 0.2 };
const OTHERS: [DeviceName, boolean, (keyof typeof TOLERANCE)[]][] = [
  ["wasm", true, ["fp32", "fp16", "q8", "q4", "q4f16"]],
  ["webgpu", hasAdapter, ["fp32", "q4"]],
];
for (const [device, isThere, dtypes] of OTHERS) {
  for (const dtype of dtypes) {
    const tolerance = TOLERANCE[dtype];
    Deno.test({
      name: `${device} and cpu give the same logits (${dtype}), with a cached prefix too`,
      ignore: !isThere,
      // The web runtime keeps a message port and its GPU device for as long as the process lives.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () =>
        inTempFolder(async (folder) => {
          await writeTinyModel(join(folder, "m"));
          const out = join(folder, "o");
          await exportTo(out, join(folder, "m"), dtype);
          const expected = await withModel(out, dtype, logitsOf);
          assert.ok(largestDifference(expected[0]!, expected[1]!) < tolerance / 2);
          assert.deepEqual(expected[1], expected[2]);
          const found = await withModel(
            out,
            dtype,
            (model) => {
              assert.equal(model.session.device, device);
              assert.equal(model.session.keepsCacheOnDevice, device === "webgpu");
              return logitsOf(model);
            },
            (model) => openSession(device, model),
          );
          for (const [index, logits] of found.entries()) {
            const difference = largestDifference(logits, expected[index]!);
            assert.ok(difference <= tolerance, `logits ${index} differ by ${difference}`);
          }
        }),
    });
  }
}

Deno.test("a session names its inputs, their types and its runtime; closing twice is once", () =>
  inTempFolder(async (folder) => {
    await writeTinyModel(join(folder, "m"));
    await exportTo(join(folder, "o"), join(folder, "m"), "fp16");
    for (const device of ["cpu", "wasm"] as const) {
      await withModel(join(folder, "o"), "fp16", async ({ session }) => {
        assert.deepEqual([...session.inputNames].sort(), [
          "attention_mask",
          "input_ids",
          "num_logits_to_keep",
          "past_key_values.0.key",
          "past_key_values.0.value",
          "past_key_values.1.key",
          "past_key_values.1.value",
        ]);
        assert.equal(session.inputType("past_key_values.1.value"), "float16");
        assert.equal(session.inputType("input_ids"), "int64");
        assert.throws(() => session.inputType("position_ids"), /no input position_ids/);
        const name = device === "cpu" ? "onnxruntime-node" : "onnxruntime-web";
        assert.match(session.versions[name]!, /^\d+\.\d+\.\d+/);
        await session.close();
      }, (model) => openSession(device, model, { threads: 1 }));
    }
  }));

Deno.test("weights beyond what WebAssembly addresses are refused before they are read", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "model.onnx_data"), "");
    await Deno.writeTextFile(join(folder, "model.onnx"), "");
    // Those in the graph's own file count too.
    await Deno.truncate(join(folder, "model.onnx"), 1_700_000_000);
    await Deno.truncate(join(folder, "model.onnx_data"), 1_900_000_000);
    await assert.rejects(
      openSession("wasm", {
        graph: join(folder, "model.onnx"),
        dataFiles: ["model.onnx_data"],
        cacheOutputs: [],
      }),
      /more than 3\.5 GB, which WebAssembly can't address: out of memory/,
    );
  }));

Deno.test("each device that is probed computes or says why not", async () => {
  for (const device of ["cpu", "wasm"] as const) {
    assert.deepEqual(await probeDevice(device), { device, works: true });
  }
  const cuda = await probeDevice("cuda");
  assert.equal(cuda.device, "cuda");
  if (!cuda.works) {
    assert.match(cuda.reason!, /no NVIDIA driver|not set up; run `houqa setup cuda`|CUDA|GPU/);
  }
});

Deno.test({
  name: "WebGPU is probed with its adapter's name",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const probe = await probeDevice("webgpu");
    if (!hasAdapter) {
      assert.deepEqual(probe, {
        device: "webgpu",
        works: false,
        reason: "there is no WebGPU adapter (no GPU, or no Vulkan driver)",
      });
      return;
    }
    assert.equal(probe.works, true, probe.reason ?? "");
    assert.ok(probe.detail);
    const adapter = await navigator.gpu.requestAdapter();
    assert.equal(probe.hasFloat16, adapter!.features.has("shader-f16"));
    assert.equal(probe.isSoftware, /llvmpipe|lavapipe|swiftshader/i.test(probe.detail));
  },
});

Deno.test("a CUDA runtime that can't be loaded ends with what to do", async () => {
  const runtime = {
    folder: "/nowhere/cuda-13",
    bindingPath: "/nowhere/cuda-13/onnxruntime_binding.node",
    libraries: ["/nowhere/cuda-13/libcudart.so.13"],
    version: "1.30.0",
    cudaMajor: 13,
  } as const;
  await assert.rejects(
    openCudaSession(probeModel(), runtime),
    (error) =>
      error instanceof CannotContinueError &&
      (/NVIDIA driver's library can't be loaded/.test(error.message) ||
        /libcudart\.so\.13 can't be loaded .*`houqa setup cuda` again/.test(error.message)),
  );
});

/** Where Deno keeps npm's own native module; another layout of its cache leaves two tests out. */
const BINDING = join(
  Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache", "deno"),
  "npm/registry.npmjs.org/onnxruntime-node/1.30.0/bin/napi-v6",
  Deno.build.os,
  Deno.build.arch === "aarch64" ? "arm64" : "x64",
  "onnxruntime_binding.node",
);
const hasBinding = await Deno.stat(BINDING).then(() => true, () => false);

/** npm's own native module, loaded as the one of a CUDA runtime is. */
const nativeBinding = () => loadBinding(BINDING);

Deno.test({
  name: "a native module that lies anywhere runs the same graph as npm's own",
  ignore: !hasBinding,
  fn: () =>
    inTempFolder(async (folder) => {
      await writeTinyModel(join(folder, "m"));
      await exportTo(join(folder, "o"), join(folder, "m"), "fp32");
      const graph = join(folder, "o", "onnx", "model.onnx");
      const session = await openBindingSession(nativeBinding(), graph, {
        executionProviders: ["cpu"],
      });
      const own = await openCpuSession({ graph, dataFiles: [], cacheOutputs: [] }, { threads: 1 });
      assert.deepEqual(session.inputNames, own.inputNames);
      const key = session.inputMetadata.find(({ name }) => name === "past_key_values.0.key");
      assert.deepEqual(key, {
        name: "past_key_values.0.key",
        isTensor: true,
        type: "float32",
        shape: ["batch_size", 2, "past_sequence_length", 16],
      });
      const none = new Tensor("float32", new Float32Array(0), [1, 2, 0, 16]);
      const feeds = {
        input_ids: new Tensor("int64", BigInt64Array.of(3n, 4n, 5n), [1, 3]),
        attention_mask: new Tensor("int64", BigInt64Array.of(1n, 1n, 1n), [1, 3]),
        num_logits_to_keep: new Tensor("int64", BigInt64Array.of(1n), []),
        "past_key_values.0.key": none,
        "past_key_values.0.value": none,
        "past_key_values.1.key": none,
        "past_key_values.1.value": none,
      };
      const found = await session.run(feeds);
      const expected = await own.run(feeds);
      assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
      const logits = found.logits!.data as Float32Array;
      assert.ok(largestDifference(logits, expected.logits!.data as Float32Array) < 1e-5);
      // What it throws becomes a rejection.
      await assert.rejects(session.run({ ...feeds, input_ids: none }));
      await session.release();
      await own.close();
      await own.close();
    }),
});

Deno.test({
  name: "a native module takes a graph from memory too",
  ignore: !hasBinding,
  fn: async () => {
    const { graph } = probeModel();
    const session = await openBindingSession(nativeBinding(), graph, {
      executionProviders: ["cpu"],
    });
    const { sum } = await session.run({ x: new Tensor("float32", Float32Array.of(2, 3), [2]) });
    assert.deepEqual([...sum!.data as Float32Array], [5]);
    await session.release();
  },
});
