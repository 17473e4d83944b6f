import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import type { DeviceName } from "../runtime/device.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { memoryNeeded, refuseTooLarge } from "./refuse_too_large.ts";

Deno.test("what was measured with a model of 0.5B fits in what is asked for, and not in much less", () => {
  const measured: [DeviceName, graphMB: number, dataMB: number, peakMB: number][] = [
    // What is not mapped from files: those pages the kernel takes back when it must.
    ["cpu", 0, 392, 916],
    ["cpu", 0, 521, 1060],
    ["cpu", 544, 0, 1377],
    ["wasm", 0, 392, 1897],
    ["wasm", 0, 521, 2231],
    ["wasm", 0, 1985, 5345],
    ["wasm", 544, 0, 2891],
    // A software adapter.
    ["webgpu", 0, 392, 2479],
    ["webgpu", 0, 357, 2468],
    ["webgpu", 0, 1985, 5942],
    ["webgpu", 544, 0, 3909],
  ];
  for (const [device, graph, data, peak] of measured) {
    const bytes = { graphBytes: graph * 1e6, dataBytes: data * 1e6 };
    const needed = memoryNeeded(bytes, device, device === "webgpu") / 1e6;
    assert.ok(needed >= peak && needed < 1.3 * peak, `${device}: ${needed} for ${peak}`);
  }
  // A GPU of its own has the weights in memory of its own.
  const half = { graphBytes: 0, dataBytes: 392e6 };
  assert.equal(memoryNeeded(half, "webgpu", true) - memoryNeeded(half, "webgpu"), 992e6);
  assert.equal(memoryNeeded(half, "cuda"), 1.5e9);
});

Deno.test("all of a model's files count, and the processor is named where it can hold the model", () =>
  inTempFolder(async (folder) => {
    const sparse = async (name: string, sizeBytes: number) => {
      await Deno.writeTextFile(join(folder, name), "");
      await Deno.truncate(join(folder, name), sizeBytes);
    };
    await sparse("model.onnx", 50e6);
    await sparse("model.onnx_data", 900e6);
    await sparse("model.onnx_data_1", 100e6);
    const model = {
      modelPath: join(folder, "model.onnx"),
      dataFiles: ["model.onnx_data", "model.onnx_data_1"],
    };
    const load = (device: DeviceName, availableBytes: number | undefined, limitBytes?: number) =>
      refuseTooLarge(model, { device }, () => ({
        ...(availableBytes === undefined ? {} : { availableBytes }),
        ...(limitBytes === undefined ? {} : { limitBytes }),
      }));
    const refusal = (message: string) => (error: unknown) =>
      error instanceof CannotContinueError && error.message === message;
    await load("cpu", 1.71e9);
    await load("cpu", undefined);
    await assert.rejects(
      load("cpu", 1.69e9, 2e9),
      refusal(
        "The model needs about 1.7 GB of memory on cpu; 1.7 GB are free (this container's limit is " +
          "2.0 GB). Use a smaller --hf-dtype (q4), or a GPU.",
      ),
    );
    await load("wasm", 4.01e9);
    await assert.rejects(
      load("wasm", 3.9e9),
      refusal(
        "The model needs about 4.0 GB of memory on wasm; 3.9 GB are free. Use --hf-device cpu, " +
          "which needs 1.7 GB, or a smaller --hf-dtype (q4).",
      ),
    );
    await assert.rejects(
      load("webgpu", 1e9),
      refusal(
        "The model needs about 3.0 GB of memory on webgpu; 1.0 GB are free. Use a smaller " +
          "--hf-dtype (q4), or a GPU.",
      ),
    );
  }));
