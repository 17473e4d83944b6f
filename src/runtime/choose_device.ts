import { UsageError } from "../settings/usage_error.ts";
import { type DeviceName, DEVICES } from "./device.ts";
import type { DeviceProbe } from "./probe_devices.ts";

/** The device that was taken, and what became of those before it. */
export interface ChosenDevice {
  readonly device: DeviceName;
  /** A sentence on which was taken and why the others were not. */
  readonly note: string;
}

/**
 * Takes the device that was asked for, or with `auto` the first of cuda, webgpu, cpu and wasm that
 * really runs; a WebGPU adapter that the processor emulates is only taken when asked for by name.
 * @throws {UsageError} when the device asked for does not run.
 */
export async function chooseDevice(
  wanted: DeviceName | "auto",
  probe: (device: DeviceName) => Promise<DeviceProbe>,
): Promise<ChosenDevice> {
  if (wanted !== "auto") {
    const { works, reason, detail } = await probe(wanted);
    if (!works) {
      throw new UsageError(
        `--hf-device ${wanted} can't be used: ${reason}. \`houqa doctor\` shows what can.`,
      );
    }
    return { device: wanted, note: `Device: ${wanted}${detail ? ` (${detail})` : ""}.` };
  }
  const refused: string[] = [];
  for (const device of DEVICES) {
    const { works, reason, detail, isSoftware } = await probe(device);
    if (works && !isSoftware) {
      const others = refused.length === 0 ? "" : ` Not taken: ${refused.join("; ")}.`;
      return { device, note: `Device: ${device}${detail ? ` (${detail})` : ""}.${others}` };
    }
    refused.push(
      `${device} (${isSoftware ? `${detail ?? "adapter"} is emulated by the processor` : reason})`,
    );
  }
  throw new UsageError(`No device runs: ${refused.join("; ")}.`);
}
