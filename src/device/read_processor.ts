import { controlGroups } from "./control_groups.ts";
import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** The processor and how much of it this process may use. What could not be read is absent. */
export interface Processor {
  readonly model?: string;
  /** Hardware threads of the machine. */
  readonly threads?: number;
  /** Hardware threads that this process may run on (its affinity). */
  readonly allowedThreads?: number;
  /** Processor time per second that the container may use, e.g. 1.5. */
  readonly quota?: number;
  /** Instructions that ONNX Runtime's kernels are the faster for. */
  readonly features: readonly string[];
}

/** Flags of /proc/cpuinfo that matter for matrix products, under their usual names. */
const FEATURES: Readonly<Record<string, string>> = {
  avx2: "AVX2",
  avx512f: "AVX-512",
  avx512_vnni: "AVX-512 VNNI",
  avx_vnni: "AVX-VNNI",
  amx_int8: "AMX",
  asimddp: "dot product",
  i8mm: "i8mm",
};

/**
 * Reads the processor, this process's affinity (`Cpus_allowed_list`, proc_pid_status(5)) and the
 * container's quota (`cpu.max` in version 2 of control groups, `cpu.cfs_quota_us` in version 1).
 * @throws {Deno.errors.NotCapable} when this process may not look.
 */
export function readProcessor(files: SystemFiles = SYSTEM_FILES): Processor {
  const text = files.readText("/proc/cpuinfo") ?? "";
  const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.+)$`, "m").exec(text)?.[1]?.trim();
  const flags = new Set((field("flags") ?? field("Features") ?? "").split(" "));
  const threads = text.match(/^processor\s*:/gm)?.length;
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(files.readText("/proc/self/status") ?? "")?.[1];
  const quota = readQuota(files);
  const model = field("model name") ?? field("Model");
  return {
    ...(model === undefined ? {} : { model }),
    ...(threads === undefined ? {} : { threads }),
    ...(list === undefined ? {} : { allowedThreads: countList(list) }),
    ...(quota === undefined ? {} : { quota }),
    features: Object.entries(FEATURES).flatMap(([flag, name]) => flags.has(flag) ? [name] : []),
  };
}

/** `0-3,8` means five. */
function countList(list: string): number {
  return list.trim().split(",").reduce((count, range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return count + last - first + 1;
  }, 0);
}

function readQuota(files: SystemFiles): number | undefined {
  const quotas = controlGroups("cpu", files).flatMap(({ path, version }) => {
    const [quota, period] = version === 2
      ? (files.readText(`${path}/cpu.max`) ?? "").trim().split(" ")
      : [files.readText(`${path}/cpu.cfs_quota_us`), files.readText(`${path}/cpu.cfs_period_us`)];
    const share = Number(quota) / Number(period);
    return share > 0 && Number.isFinite(share) ? [share] : [];
  });
  return quotas.length === 0 ? undefined : Math.min(...quotas);
}
