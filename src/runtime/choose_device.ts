import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type DeviceName, DEVICES } from "./device.ts";
import type { DeviceProbe } from "./probe_devices.ts";

/** The device that was taken, and what became of those before it. */
export interface ChosenDevice {
  readonly device: DeviceName;
  /** What its probe found. */
  readonly probe: DeviceProbe;
  /** A sentence on which was taken and why the others were not. */
  readonly note: string;
}

/**
 * Takes the device that was asked for, or with `auto` the first of cuda, webgpu, cpu and wasm that
 * really runs; a WebGPU adapter that the processor emulates is only taken when asked for by name.
 * @throws {UsageError} when the device asked for does not run.
 * @throws {CannotContinueError} when a file that came with houqa is damaged: never goes on without.
 */
export async function chooseDevice(
  wanted: DeviceName | "auto",
  probeAny: (device: DeviceName) => Promise<DeviceProbe>,
): Promise<ChosenDevice> {
  const probe = async (device: DeviceName) => {
    const found = await probeAny(device);
    if (found.isDamaged) throw new CannotContinueError(found.reason);
    return found;
  };
  if (wanted !== "auto") {
    const found = await probe(wanted);
    const { works, reason, detail } = found;
    if (!works) {
      throw new UsageError(
        `--hf-device ${wanted} can't be used: ${reason}. \`houqa doctor\` shows what can.`,
      );
    }
    return {
      device: wanted,
      probe: found,
      note: `Device: ${wanted}${detail ? ` (${detail})` : ""}.`,
    };
  }
  const refused: string[] = [];
  for (const device of DEVICES) {
    const found = await probe(device);
    const { works, reason, detail, isSoftware } = found;
    if (works && !isSoftware) {
      const others = refused.length === 0 ? "" : ` Not taken: ${refused.join("; ")}.`;
      const note = `Device: ${device}${detail ? ` (${detail})` : ""}.${others}`;
      return { device, probe: found, note };
    }
    refused.push(
      `${device} (${isSoftware ? `${detail ?? "adapter"} is emulated by the processor` : reason})`,
    );
  }
  throw new UsageError(`No device runs: ${refused.join("; ")}.`);
}
