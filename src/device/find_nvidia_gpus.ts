import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** A GPU as the kernel's part of the NVIDIA driver lists it. */
export interface NvidiaGpu {
  readonly model: string;
  /** PCI address, e.g. `0000:07:00.0`. */
  readonly busId: string;
  /** True where `/dev/nvidia<minor>` is here, without which no program can use the GPU. */
  readonly hasNode: boolean;
  /** MIG slices of it that this container was given. */
  readonly migSlices: number;
}

/** NVIDIA's hardware as seen through /proc and /dev. */
export interface NvidiaGpus {
  readonly gpus: readonly NvidiaGpu[];
  /** Device files that CUDA needs beside the GPU's own and that are missing here. */
  readonly missingNodes: readonly string[];
}

/**
 * Lists the GPUs: `/proc/driver/nvidia/gpus/<bus id>/information`, `/dev/nvidia<minor>`, and for MIG
 * `/proc/driver/nvidia/capabilities/gpu<minor>/mig/gi<n>/access` with `/dev/nvidia-caps` (NVIDIA,
 * Multi-Instance GPU User Guide, "Device Nodes and Capabilities").
 * @throws {Deno.errors.NotCapable} when this process may not look.
 */
export function findNvidiaGpus(files: SystemFiles = SYSTEM_FILES): NvidiaGpus {
  const nodes = new Set(files.list("/dev") ?? []);
  const capabilityNodes = new Set(files.list("/dev/nvidia-caps") ?? []);
  const folder = "/proc/driver/nvidia/gpus";
  const gpus = (files.list(folder) ?? []).sort().flatMap((busId): NvidiaGpu[] => {
    const text = files.readText(`${folder}/${busId}/information`);
    if (text === undefined) return [];
    const field = (name: string) => new RegExp(`^${name}:\\s*(.+)$`, "m").exec(text)?.[1]?.trim();
    const minor = field("Device Minor");
    return [{
      model: field("Model") ?? "unknown model",
      busId,
      hasNode: nodes.has(`nvidia${minor}`),
      migSlices: minor === undefined ? 0 : countSlices(files, minor, capabilityNodes),
    }];
  });
  const missingNodes = gpus.length === 0
    ? []
    : ["nvidiactl", "nvidia-uvm"].filter((name) => !nodes.has(name)).map((name) => `/dev/${name}`);
  return { gpus, missingNodes };
}

/** Slices whose device file of capabilities is here; the driver lists the others' too. */
function countSlices(
  files: SystemFiles,
  minor: string,
  capabilityNodes: ReadonlySet<string>,
): number {
  const folder = `/proc/driver/nvidia/capabilities/gpu${minor}/mig`;
  return (files.list(folder) ?? []).filter((name) => {
    if (!/^gi\d+$/.test(name)) return false;
    const access = files.readText(`${folder}/${name}/access`) ?? "";
    const capability = /^DeviceFileMinor:\s*(\d+)$/m.exec(access)?.[1];
    return capability !== undefined && capabilityNodes.has(`nvidia-cap${capability}`);
  }).length;
}
