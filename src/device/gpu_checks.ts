import type { BuildForm } from "../build/build_form.ts";
import type { DeviceProbe } from "../runtime/probe_devices.ts";
import { type CudaSupport, detectCuda, type DetectCudaSources } from "./detect_cuda.ts";
import { type Finding, formatBytes } from "./doctor_check.ts";
import { explainCudaError } from "./explain_cuda_error.ts";
import type { CudaRuntime } from "./find_cuda_runtime.ts";
import { findNvidiaGpus, type NvidiaGpus } from "./find_nvidia_gpus.ts";
import { LEAST_DRIVERS } from "./nvidia_driver.ts";
import type { SystemFiles } from "./system_files.ts";

/** What is known about NVIDIA's hardware before a session is tried. */
export interface GpuFacts {
  readonly finding: Finding;
  /** True where a GPU was seen, whether it works or not. */
  readonly hasGpu: boolean;
  /** The major CUDA version to set up for it, where there is one. */
  readonly cudaMajor?: 12 | 13;
}

/** Looks for NVIDIA GPUs through the kernel's files and, where allowed, asks the driver itself. */
export async function examineGpus(sources: DetectCudaSources = {}): Promise<GpuFacts> {
  const support = await detectCuda(sources);
  if (support === undefined) {
    const summary = "no NVIDIA driver here";
    return { finding: { state: "note", summary, data: { gpus: [] } }, hasGpu: false };
  }
  const { driver, cudaMajor, report } = support;
  const devices = report?.devices ?? [];
  const seen = seenGpus(sources.files);
  const names = devices.length > 0
    ? devices.map(({ name, totalBytes }) => `${name} (${formatBytes(totalBytes)})`)
    : seen.gpus.map(describeSeen);
  const versions = [
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    ...(report === undefined ? [] : [`runs CUDA ${report.cudaVersion}`]),
  ];
  const advice = adviseOnGpu(support, seen);
  return {
    finding: {
      state: advice === undefined && devices.length > 0 ? "ok" : "note",
      summary: [names.join(", ") || "no GPU visible", ...versions].join(", "),
      ...(advice === undefined ? {} : { advice }),
      data: {
        driver,
        cuda_version: report?.cudaVersion,
        gpus: devices.length > 0
          ? devices.map(({ name, totalBytes }) => ({ name, total_bytes: totalBytes }))
          : seen.gpus.map(({ model, busId, migSlices }) => ({
            name: model,
            bus_id: busId,
            mig_slices: migSlices,
          })),
      },
    },
    hasGpu: devices.length > 0 || seen.gpus.length > 0,
    ...(cudaMajor === undefined ? {} : { cudaMajor }),
  };
}

/** The driver's library may be asked where the kernel's files may not. */
function seenGpus(files?: SystemFiles): NvidiaGpus {
  try {
    return findNvidiaGpus(files);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return { gpus: [], missingNodes: [] };
    throw error;
  }
}

function describeSeen({ model, hasNode, migSlices }: NvidiaGpus["gpus"][number]): string {
  const notes = [
    ...(migSlices > 0 ? [`${migSlices} MIG slice${migSlices === 1 ? "" : "s"}`] : []),
    ...(hasNode ? [] : ["not given to this container"]),
  ];
  return notes.length === 0 ? model : `${model} (${notes.join(", ")})`;
}

function adviseOnGpu(
  { driver, cudaMajor, report, reason }: CudaSupport,
  { missingNodes }: NvidiaGpus,
): string | undefined {
  if (cudaMajor === undefined) {
    const which = driver ?? `for CUDA ${report?.cudaVersion}`;
    return `The driver ${which} is too old: CUDA 12 needs ${LEAST_DRIVERS[12]} or newer.`;
  }
  const problem = reason ?? report?.problem;
  if (problem === undefined) return undefined;
  const missing = missingNodes.length === 0
    ? ""
    : ` ${missingNodes.join(" and ")} is missing here.`;
  return `The driver does not answer: ${problem}.${missing} In a container, start it with its GPU.`;
}

/** Whether `houqa setup cuda` was run, and for this driver. */
export function checkCudaRuntime(runtime: CudaRuntime | undefined, gpus: GpuFacts): Finding {
  const { hasGpu, cudaMajor } = gpus;
  if (runtime === undefined) {
    return {
      state: "note",
      summary: "not set up",
      ...(hasGpu && cudaMajor !== undefined
        ? { advice: "Run `houqa setup cuda` to use the GPU with the hf backend." }
        : {}),
    };
  }
  const isTooNew = cudaMajor !== undefined && runtime.cudaMajor > cudaMajor;
  return {
    state: isTooNew ? "note" : "ok",
    summary: `CUDA ${runtime.cudaMajor} with ONNX Runtime ${runtime.version} in ${runtime.folder}`,
    ...(isTooNew
      ? { advice: `This driver runs CUDA ${cudaMajor}: run \`houqa setup cuda\` again.` }
      : {}),
    data: {
      cuda_major: runtime.cudaMajor,
      onnxruntime_version: runtime.version,
      folder: runtime.folder,
    },
  };
}

/** What the settings in force ask for. */
export interface Wanted {
  /** The backend, where somebody chose it. */
  readonly backend?: "ollama" | "hf";
  /** The device of the hf backend, where somebody chose one. */
  readonly device?: string;
}

/**
 * Judges whether a session starts on a device. In a form that was handed over the runtimes of the
 * processor came with it: one that does not start is a problem, whatever the settings choose.
 * @throws {Deno.errors.NotCapable} when it was a permission that was missing.
 */
export function judgeProbe(
  probe: DeviceProbe,
  wanted: Wanted,
  gpus: GpuFacts,
  hasCudaRuntime: boolean,
  form: BuildForm,
): Finding {
  const { device, works, detail, isSoftware = false } = probe;
  if (/^Requires \S+ access/.test(probe.reason ?? "")) {
    throw new Deno.errors.NotCapable(probe.reason);
  }
  const reason = probe.reason && explainCudaError(probe.reason);
  const data = { works, reason, detail, is_software: isSoftware };
  if (works) {
    const summary = `starts${detail ? `: ${detail}` : ""}`;
    return isSoftware
      ? { state: "note", summary: `${summary}; computed by the processor, slower than cpu`, data }
      : { state: "ok", summary, data };
  }
  const isWanted = wanted.device === device ||
    wanted.backend === "hf" && wanted.device === undefined && device === "cpu";
  const isBroken = device === "cuda" && gpus.hasGpu && hasCudaRuntime;
  const isMissing = device === "cuda" && !hasCudaRuntime;
  const wasShipped = form !== "sources" && (device === "cpu" || device === "wasm");
  const advice = isMissing && gpus.hasGpu
    ? "Run `houqa setup cuda`."
    : wasShipped
    ? adviseOnShipped(device, reason ?? "")
    : isWanted && wanted.device === device
    ? "Use a machine that has it, or leave the device out (--hf-device, HF_DEVICE): auto takes the " +
      "best one that starts."
    : undefined;
  return {
    state: isWanted || isBroken || wasShipped ? "problem" : "note",
    summary: `does not start${reason ? `: ${reason}` : ""}`,
    ...(advice === undefined ? {} : { advice }),
    data,
  };
}

/** What to do where a runtime that was handed over does not start. */
function adviseOnShipped(device: "cpu" | "wasm", reason: string): string {
  // The loader's words: "libstdc++.so.6: cannot open shared object file: No such file or directory".
  const [, library] = /(\S+\.so[.\d]*): cannot open shared object file/.exec(reason) ?? [];
  if (library === undefined || library.includes("onnxruntime")) {
    return "Put houqa and what came with it in place again, all of it (sha256sum -c SHA256SUMS " +
      "tells what is damaged): the hf backend needs it.";
  }
  const name = library === "libstdc++.so.6"
    ? `${library} (package libstdc++6 or libstdc++)`
    : library;
  return `Install ${name} on this machine: the hf backend needs it` +
    `${device === "cpu" ? "; without it --hf-device wasm is left, about 10 times slower" : ""}.`;
}
