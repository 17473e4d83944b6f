import assert from "node:assert/strict";
import { findNvidiaGpus } from "./find_nvidia_gpus.ts";
import { fakeSystemFiles } from "./system_files_double.ts";

const information = (model: string, minor: number) =>
  `Model: \t\t ${model}\nIRQ:   \t\t 120\nGPU UUID: \t GPU-1\nDevice Minor: \t ${minor}\n`;

Deno.test("a GPU with its device files", () => {
  const files = fakeSystemFiles({
    "/proc/driver/nvidia/gpus/0000:01:00.0/information": information(
      "NVIDIA GeForce RTX 3080",
      0,
    ),
    "/dev/nvidia0": "",
    "/dev/nvidiactl": "",
    "/dev/nvidia-uvm": "",
  });
  assert.deepEqual(findNvidiaGpus(files), {
    gpus: [{
      model: "NVIDIA GeForce RTX 3080",
      busId: "0000:01:00.0",
      hasNode: true,
      migSlices: 0,
    }],
    missingNodes: [],
  });
});

Deno.test("only the MIG slices whose device file is here are counted", () => {
  const mig = "/proc/driver/nvidia/capabilities/gpu1/mig";
  const files = fakeSystemFiles({
    "/proc/driver/nvidia/gpus/0000:07:00.0/information": information("NVIDIA A100", 1),
    "/proc/driver/nvidia/gpus/0000:0b:00.0/information": information("NVIDIA A100", 2),
    [`${mig}/gi1/access`]: "DeviceFileMinor: 30\nDeviceFileMode: 292\n",
    [`${mig}/gi1/ci0/access`]: "DeviceFileMinor: 31\n",
    [`${mig}/gi2/access`]: "DeviceFileMinor: 39\n",
    "/dev/nvidia1": "",
    "/dev/nvidiactl": "",
    "/dev/nvidia-caps/nvidia-cap30": "",
    "/dev/nvidia-caps/nvidia-cap31": "",
  });
  const { gpus, missingNodes } = findNvidiaGpus(files);
  assert.deepEqual(gpus.map(({ hasNode, migSlices }) => [hasNode, migSlices]), [
    [true, 1],
    [false, 0],
  ]);
  assert.deepEqual(missingNodes, ["/dev/nvidia-uvm"]);
});

Deno.test("no driver, no GPU", () => {
  assert.deepEqual(findNvidiaGpus(fakeSystemFiles({})), { gpus: [], missingNodes: [] });
});
