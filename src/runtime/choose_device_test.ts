import assert from "node:assert/strict";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { chooseDevice } from "./choose_device.ts";
import { type DeviceName, DEVICES } from "./device.ts";
import type { DeviceProbe } from "./probe_devices.ts";

const ABSENT: Readonly<Record<DeviceName, Omit<DeviceProbe, "device">>> = {
  cuda: { works: false, reason: "there is no NVIDIA driver" },
  webgpu: { works: false, reason: "there is no WebGPU adapter" },
  cpu: { works: false, reason: "no native module" },
  wasm: { works: false, reason: "no WebAssembly" },
};

/** A probe of a machine on which some devices work, and the order in which it was asked. */
function machine(there: Partial<Record<DeviceName, Partial<DeviceProbe>>>) {
  const asked: DeviceName[] = [];
  const probe = (device: DeviceName): Promise<DeviceProbe> => {
    asked.push(device);
    const found = there[device];
    return Promise.resolve(
      found === undefined ? { device, ...ABSENT[device] } : { device, works: true, ...found },
    );
  };
  return { asked, probe };
}

Deno.test("auto takes the first that works, in the order cuda, webgpu, cpu, wasm", async () => {
  for (const [index, device] of DEVICES.entries()) {
    const { asked, probe } = machine(
      Object.fromEntries(DEVICES.slice(index).map((name) => [name, {}])),
    );
    assert.equal((await chooseDevice("auto", probe)).device, device);
    // Those behind it are not even tried.
    assert.deepEqual(asked, ["cuda", "webgpu", "cpu", "wasm"].slice(0, index + 1));
  }
});

Deno.test("auto says what it took and why not the others", async () => {
  const { probe } = machine({ cpu: {} });
  assert.equal(
    (await chooseDevice("auto", probe)).note,
    "Device: cpu. Not taken: cuda (there is no NVIDIA driver); webgpu (there is no WebGPU adapter).",
  );
  const gpu = machine({ cuda: { detail: "NVIDIA A100" } });
  assert.equal((await chooseDevice("auto", gpu.probe)).note, "Device: cuda (NVIDIA A100).");
});

Deno.test("auto never takes an adapter that the processor emulates", async () => {
  const llvmpipe = { detail: "llvmpipe", isSoftware: true };
  const { device, note } = await chooseDevice("auto", machine({ webgpu: llvmpipe, cpu: {} }).probe);
  assert.equal(device, "cpu");
  assert.match(note, /webgpu \(llvmpipe is emulated by the processor\)/);
  const nameless = machine({ webgpu: { isSoftware: true }, wasm: {} });
  const chosen = await chooseDevice("auto", nameless.probe);
  assert.equal(chosen.device, "wasm");
  assert.match(chosen.note, /webgpu \(adapter is emulated by the processor\); cpu \(no native/);
  await assert.rejects(chooseDevice("auto", machine({ webgpu: llvmpipe }).probe), UsageError);
});

Deno.test("a device asked for by name is taken if it works, whatever it is", async () => {
  const { asked, probe } = machine({ webgpu: { detail: "llvmpipe", isSoftware: true }, cuda: {} });
  assert.deepEqual(await chooseDevice("webgpu", probe), {
    device: "webgpu",
    probe: { device: "webgpu", works: true, detail: "llvmpipe", isSoftware: true },
    note: "Device: webgpu (llvmpipe).",
  });
  assert.deepEqual(asked, ["webgpu"]);
});

Deno.test("a device asked for that does not work is refused with its reason", async () => {
  for (const device of DEVICES) {
    await assert.rejects(
      chooseDevice(device, machine({}).probe),
      (error) =>
        error instanceof UsageError &&
        error.message === `--hf-device ${device} can't be used: ${ABSENT[device].reason}. ` +
            "`houqa doctor` shows what can.",
    );
  }
});

Deno.test("without any device each one's reason is given", async () => {
  await assert.rejects(
    chooseDevice("auto", machine({}).probe),
    (error) =>
      error instanceof UsageError &&
      Object.values(ABSENT).every(({ reason }) => error.message.includes(reason!)),
  );
});

Deno.test("a damaged file is told, instead of taking a slower device", async () => {
  const cpu = { works: false, isDamaged: true, reason: "/x/runtime/lib.so has 5 bytes, not 6" };
  for (const wanted of ["auto", "cpu"] as const) {
    await assert.rejects(
      chooseDevice(wanted, machine({ cpu, wasm: {} }).probe),
      (error) => error instanceof CannotContinueError && error.message === cpu.reason,
    );
  }
  // Who asks for another is not held up.
  assert.equal((await chooseDevice("wasm", machine({ cpu, wasm: {} }).probe)).device, "wasm");
});
