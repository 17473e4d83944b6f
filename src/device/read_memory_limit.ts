import { controlGroups } from "./control_groups.ts";
import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** How much memory this process may use. A figure that could not be read is absent. */
export interface MemoryLimit {
  /** The container's limit: the smallest of its control groups'; absent where there is none. */
  readonly limitBytes?: number;
  /** Memory of the machine. */
  readonly totalBytes?: number;
  /**
   * What can be taken without swapping and without being killed: the smaller of the machine's and
   * the container's, pages of files that the kernel can drop counted as free.
   */
  readonly availableBytes?: number;
}

/** What {@linkcode readMemoryLimit} takes from the world around it. */
export interface MemorySources {
  readonly files?: SystemFiles;
  /** Asked where /proc/meminfo can't be read. */
  readonly systemMemory?: () => { total: number; available: number };
}

/**
 * Reads the machine's memory and the limits that containers set on it, by the kernel's
 * documentation of control groups: version 2 (`memory.max`, `memory.current`;
 * admin-guide/cgroup-v2) and version 1 (`memory.limit_in_bytes`; admin-guide/cgroup-v1/memory). A
 * group is bounded by every group above it too, so the smallest counts.
 * @throws {Deno.errors.NotCapable} when this process may read neither the kernel's files nor
 * `--allow-sys=systemMemoryInfo`.
 */
export function readMemoryLimit(sources: MemorySources = {}): MemoryLimit {
  const { files = SYSTEM_FILES, systemMemory = Deno.systemMemoryInfo } = sources;
  const machine = readMachine(files, systemMemory);
  let limitBytes: number | undefined;
  let availableBytes = machine.available;
  for (const { path, version } of groupsIfAllowed(files)) {
    const [limitFile, usageFile] = version === 2
      ? ["memory.max", "memory.current"]
      : ["memory.limit_in_bytes", "memory.usage_in_bytes"];
    const limit = readBytes(files, `${path}/${limitFile}`);
    // Version 1 writes "no limit" as the largest multiple of the page size: beyond any machine.
    if (limit === undefined || limit >= (machine.total ?? 2 ** 50)) continue;
    limitBytes = Math.min(limitBytes ?? Infinity, limit);
    const usage = readBytes(files, `${path}/${usageFile}`);
    if (usage === undefined) continue;
    const free = Math.max(0, limit - Math.max(0, usage - reclaimable(files, path)));
    availableBytes = Math.min(availableBytes ?? Infinity, free);
  }
  return {
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(machine.total === undefined ? {} : { totalBytes: machine.total }),
    ...(availableBytes === undefined ? {} : { availableBytes }),
  };
}

function readMachine(
  files: SystemFiles,
  systemMemory: NonNullable<MemorySources["systemMemory"]>,
): { total?: number; available?: number } {
  try {
    const text = files.readText("/proc/meminfo") ?? "";
    const total = kilobytes(text, "MemTotal");
    const available = kilobytes(text, "MemAvailable");
    if (total !== undefined && available !== undefined) return { total, available };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
  const { total, available } = systemMemory();
  return total > 0 ? { total, available } : {};
}

function kilobytes(meminfo: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo);
  return match === null ? undefined : 1024 * Number(match[1]);
}

/** Without permission to look, the machine's own figures are all there is. */
function groupsIfAllowed(files: SystemFiles): ReturnType<typeof controlGroups> {
  try {
    return controlGroups("memory", files);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return [];
    throw error;
  }
}

/** Pages of files that the group is charged for and the kernel drops when memory gets scarce. */
function reclaimable(files: SystemFiles, folder: string): number {
  const text = files.readText(`${folder}/memory.stat`) ?? "";
  // Version 1 gives the sums over the groups below under their own names.
  const counts = ["inactive_file", "active_file"].map((name) => {
    const match = new RegExp(`^total_${name} (\\d+)$`, "m").exec(text) ??
      new RegExp(`^${name} (\\d+)$`, "m").exec(text);
    return Number(match?.[1] ?? 0);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function readBytes(files: SystemFiles, path: string): number | undefined {
  const text = files.readText(path)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
