import { type BuildForm, buildForm } from "../build/build_form.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { type Finding, formatBytes } from "./doctor_check.ts";
import { readLibcVersion } from "./read_libc_version.ts";
import { readMemoryLimit } from "./read_memory_limit.ts";
import { readProcessor } from "./read_processor.ts";
import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** The oldest C library that ONNX Runtime's builds run on (the wheels are tagged manylinux_2_28). */
const LEAST_GLIBC = "2.28";
/** Below this, hardly any model can be loaded on the processor. */
const LITTLE_MEMORY_BYTES = 2e9;

/** houqa's and Deno's versions, and as what houqa was started. */
export function checkVersions(
  deno: string = Deno.version.deno,
  form: BuildForm = buildForm(),
): Finding {
  return {
    state: "ok",
    summary: `houqa ${HOUQA_VERSION} (${form}), Deno ${deno}`,
    data: { houqa_version: HOUQA_VERSION, form, deno_version: deno },
  };
}

/** Operating system, kernel and C library. */
export function checkSystem(
  files: SystemFiles = SYSTEM_FILES,
  libc: () => string | undefined = readLibcVersion,
): Finding {
  const { os, arch } = Deno.build;
  const kernel = readKernel(files);
  const name = readPrettyName();
  const glibc = libc();
  const isOld = glibc !== undefined && compareVersions(glibc, LEAST_GLIBC) < 0;
  return {
    state: isOld ? "problem" : "ok",
    summary: [
      name ?? os,
      arch,
      `kernel ${kernel}`,
      ...(glibc === undefined ? [] : [`glibc ${glibc}`]),
    ].join(", "),
    ...(isOld
      ? {
        advice:
          `ONNX Runtime needs glibc ${LEAST_GLIBC} or newer: use --hf-device wasm or Ollama ` +
          "here.",
      }
      : {}),
    data: { os, arch, kernel, name, glibc },
  };
}

/** The processor and the cores that may be used. */
export function checkProcessor(
  files: SystemFiles = SYSTEM_FILES,
  usable: number = navigator.hardwareConcurrency,
): Finding {
  const { model, threads, allowedThreads, quota, features } = readProcessor(files);
  const limits = [
    ...(threads !== undefined && threads > usable ? [`of ${threads}`] : []),
    ...(quota === undefined ? [] : [`the container may use ${Number(quota.toFixed(2))}`]),
  ];
  return {
    state: "ok",
    summary: [
      model ?? "unknown model",
      [`${usable} threads`, ...limits].join(", "),
      ...(features.length === 0 ? [] : [features.join(" ")]),
    ].join("; "),
    data: {
      model,
      usable_threads: usable,
      threads,
      allowed_threads: allowedThreads,
      quota,
      features,
    },
  };
}

/** Memory and the container's limit. */
export function checkMemory(memory = readMemoryLimit()): Finding {
  const { totalBytes, availableBytes, limitBytes } = memory;
  const part = (bytes: number | undefined, words: string) =>
    bytes === undefined ? [] : [`${formatBytes(bytes)} ${words}`];
  const parts = [
    ...part(availableBytes, "available"),
    ...part(limitBytes, "allowed by the container"),
    ...part(totalBytes, "in the machine"),
  ];
  const isLittle = availableBytes !== undefined && availableBytes < LITTLE_MEMORY_BYTES;
  return {
    state: isLittle ? "note" : "ok",
    summary: parts.length === 0 ? "could not be read" : parts.join(", "),
    ...(isLittle
      ? {
        advice: "Little for a model on the processor: close other programs, or use a smaller one.",
      }
      : {}),
    data: {
      total_bytes: totalBytes,
      available_bytes: availableBytes,
      limit_bytes: limitBytes,
    },
  };
}

function readKernel(files: SystemFiles): string {
  try {
    const text = files.readText("/proc/sys/kernel/osrelease")?.trim();
    if (text) return text;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
  return Deno.osRelease();
}

function readPrettyName(): string | undefined {
  try {
    return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(Deno.readTextFileSync("/etc/os-release"))?.[1];
  } catch {
    return undefined;
  }
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
