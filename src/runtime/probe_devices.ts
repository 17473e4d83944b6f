import { findCudaRuntime } from "../device/find_cuda_runtime.ts";
import { isSoftwareAdapter } from "../device/is_software_adapter.ts";
import { SYSTEM_FILES } from "../device/system_files.ts";
import { quietWayland } from "../settings/quiet_wayland.ts";
import { DamagedRuntimeError } from "./damaged_runtime_error.ts";
import type { DeviceName } from "./device.ts";
import { openSession } from "./open_session.ts";
import { probeModel } from "./probe_model.ts";

/** Whether a device really runs a graph. */
export interface DeviceProbe {
  readonly device: DeviceName;
  readonly works: boolean;
  /** Why not. */
  readonly reason?: string;
  /** A file that came with houqa for it is missing or cut. */
  readonly isDamaged?: boolean;
  /** What it is, e.g. the GPU's name. */
  readonly detail?: string;
  /** A GPU's interface computed by the processor: right, and slower than `cpu`. */
  readonly isSoftware?: boolean;
  /** WebGPU only: whether its shaders compute in float16 (`shader-f16`). */
  readonly hasFloat16?: boolean;
}

/**
 * Runs a tiny graph on one device.
 * Never throws: whatever goes wrong is the reason.
 */
export async function probeDevice(device: DeviceName): Promise<DeviceProbe> {
  try {
    const adapter = device === "webgpu" ? await describeAdapter() : {};
    if (device === "cuda" && await findCudaRuntime() === undefined) {
      return { device, works: false, reason: whyNoCuda() };
    }
    const session = await openSession(device, probeModel(), { threads: 1 });
    const numbers = session.tensor("float32", Float32Array.of(20, 1), [2]);
    const { sum } = await session.run({ x: numbers });
    const [value] = await sum!.getData() as Float32Array;
    await session.close();
    if (value !== 21) return { device, works: false, reason: `it computed 20 + 1 = ${value}` };
    return { device, works: true, ...adapter };
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0]!;
    const isDamaged = error instanceof DamagedRuntimeError;
    return { device, works: false, reason, ...(isDamaged ? { isDamaged } : {}) };
  }
}

function whyNoCuda(): string {
  const hasDriver = SYSTEM_FILES.readText("/proc/driver/nvidia/version") !== undefined;
  return hasDriver
    ? "the CUDA runtime is not set up; run `houqa setup cuda`"
    : "there is no NVIDIA driver";
}

async function describeAdapter(): Promise<
  Pick<DeviceProbe, "detail" | "isSoftware" | "hasFloat16">
> {
  quietWayland();
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("there is no WebGPU adapter (no GPU, or no Vulkan driver)");
  const { vendor, architecture, device, description } = adapter.info;
  // Vendors without a name come as their number.
  const names = [description || device, architecture, vendor].filter((one) => /[A-Za-z]/.test(one));
  const detail = names.join(", ");
  return {
    detail,
    isSoftware: isSoftwareAdapter(adapter.info),
    hasFloat16: adapter.features.has("shader-f16"),
  };
}
