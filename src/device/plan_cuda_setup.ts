import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { CUDA_BUILDS, type CudaBuild, type PinnedMember } from "./cuda_builds.ts";
import { type CudaSupport, detectCuda, type DetectCudaSources } from "./detect_cuda.ts";
import { type CudaRuntime, findCudaRuntime, runtimeFolder } from "./find_cuda_runtime.ts";
import { freeDiskSpace } from "./free_disk_space.ts";
import { hashFile } from "./hash_file.ts";
import type { HttpOptions, HttpSource } from "./http_source.ts";
import { LEAST_DRIVERS } from "./nvidia_driver.ts";

/** What a setup takes from the world around it. */
export interface SetupCudaOptions extends HttpOptions, DetectCudaSources {
  /** houqa's cache folder. */
  readonly cacheFolder: string;
  /** Package indexes, in the order to ask. */
  readonly indexes: readonly HttpSource[];
  /** The npm registry. */
  readonly registry: HttpSource;
  /** CUDA 12 or 13 instead of what the driver allows. */
  readonly cudaMajor?: 12 | 13;
  readonly builds?: readonly CudaBuild[];
  /** Folders where a binding may lie already. */
  readonly bindingFolders?: readonly string[];
  readonly freeDiskSpace?: typeof freeDiskSpace;
  readonly platform?: string;
}

/** An archive that will be downloaded and unpacked. */
export interface PlannedArchive {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly members: readonly PinnedMember[];
  /** Undefined for the npm package, whose address is known. */
  readonly project?: string;
}

/** What a setup will do. */
export interface CudaPlan {
  readonly build: CudaBuild;
  /** Version of the driver; absent where none was found, or only its library. */
  readonly driver?: string;
  /** True where a driver was found, so that the runtime can be tried here. */
  readonly hasDriver: boolean;
  /** Where the runtime will stand. */
  readonly folder: string;
  /** The runtime, where it is complete already. */
  readonly present?: CudaRuntime;
  /** Archives that are still needed. */
  readonly archives: readonly PlannedArchive[];
  /** A binding that lies on this machine, with the pinned content. */
  readonly bindingPath?: string;
  /** Bytes to fetch; parts of earlier tries count as still to fetch. */
  readonly downloadBytes: number;
  /** Disk space wanted while it works; the runtime itself takes less. */
  readonly neededBytes: number;
  readonly freeBytes?: number;
  readonly warnings: readonly string[];
}

/** Room for what a file system needs beside the files. */
const SLACK_BYTES = 64 * 1024 * 1024;

/**
 * Decides what to fetch for this machine's driver; asks no server.
 * @throws {UsageError} where the system is none that NVIDIA's Linux libraries run on, or the driver
 * may not be looked for.
 * @throws {CannotContinueError} without a driver, or with one that is too old, when no CUDA version
 * was asked for.
 */
export async function planCudaSetup(options: SetupCudaOptions): Promise<CudaPlan> {
  const { platform = `${Deno.build.os} ${Deno.build.arch}`, builds = CUDA_BUILDS } = options;
  if (platform !== "linux x86_64") {
    throw new UsageError(
      `houqa sets CUDA up on Linux on x86-64 only; this is ${platform}. Other GPUs are used through ` +
        "WebGPU (--hf-device webgpu).",
    );
  }
  const { driver, hasDriver, cudaMajor, warnings } = await chooseCuda(options);
  const build = builds.find((one) => one.cudaMajor === cudaMajor)!;
  const folder = runtimeFolder(options.cacheFolder, build);
  const present = await findCudaRuntime({ ...options, builds: [build] });
  const common = {
    build,
    folder,
    warnings,
    hasDriver,
    ...(driver === undefined ? {} : { driver }),
  };
  if (present !== undefined) {
    return { ...common, present, archives: [], downloadBytes: 0, neededBytes: 0 };
  }
  const { archives, bindingPath } = await findMissing(build, stagingOf(folder), options);
  const downloadBytes = sum(archives.map(({ sizeBytes }) => sizeBytes));
  const unpackedBytes = sum(archives.flatMap(({ members }) => members.map((m) => m.sizeBytes)));
  const largest = Math.max(0, ...archives.map(({ sizeBytes }) => sizeBytes));
  const freeBytes = await (options.freeDiskSpace ?? freeDiskSpace)(folder).catch((error) => {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  });
  return {
    ...common,
    archives,
    ...(bindingPath === undefined ? {} : { bindingPath }),
    downloadBytes,
    neededBytes: unpackedBytes + largest + SLACK_BYTES,
    ...(freeBytes === undefined ? {} : { freeBytes }),
  };
}

async function chooseCuda(
  options: SetupCudaOptions,
): Promise<{ driver?: string; hasDriver: boolean; cudaMajor: 12 | 13; warnings: string[] }> {
  const { cudaMajor } = options;
  const found = await detectCuda(options).catch((error) => {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    if (cudaMajor !== undefined) return undefined;
    throw new UsageError(
      "houqa may not read the NVIDIA driver's version (Deno guards /proc/driver/nvidia/version). " +
        "Run with --allow-ffi, or say which CUDA you want: --cuda 12 (drivers from " +
        `${LEAST_DRIVERS[12]} on) or --cuda 13 (from ${LEAST_DRIVERS[13]} on).`,
    );
  });
  const driver = found?.driver;
  const common = { hasDriver: found !== undefined, ...(driver === undefined ? {} : { driver }) };
  if (cudaMajor !== undefined) {
    const isTooOld = found !== undefined && (found.cudaMajor ?? 0) < cudaMajor;
    const warnings = isTooOld
      ? [
        `CUDA ${cudaMajor} needs driver ${LEAST_DRIVERS[cudaMajor]} or newer; ` +
        `this is ${describe(found)}.`,
      ]
      : [];
    return { ...common, cudaMajor, warnings };
  }
  if (found === undefined) {
    throw new CannotContinueError(
      "There is no NVIDIA driver here (/proc/driver/nvidia/version is missing): no GPU, or a " +
        "container that was started without it. To set CUDA up for another machine with the same " +
        "cache folder, say --cuda 12 or --cuda 13.",
    );
  }
  if (found.cudaMajor === undefined) {
    throw new CannotContinueError(
      `The NVIDIA driver is too old (${describe(found)}): CUDA 12 needs ${LEAST_DRIVERS[12]} or ` +
        "newer. Ask who runs this machine for a newer driver, or use --hf-device cpu.",
    );
  }
  return { ...common, cudaMajor: found.cudaMajor, warnings: [] };
}

function describe({ driver, report }: CudaSupport): string {
  return driver ?? `one for CUDA ${report?.cudaVersion}`;
}

/** What the staging folder of an interrupted setup does not hold yet. */
async function findMissing(
  build: CudaBuild,
  staging: string,
  { bindingFolders = defaultBindingFolders() }: SetupCudaOptions,
): Promise<{ archives: PlannedArchive[]; bindingPath?: string }> {
  const archives: PlannedArchive[] = [];
  let bindingPath: string | undefined;
  const { binding } = build;
  if (!await isThere(staging, binding.member)) {
    for (const folder of bindingFolders) {
      const path = join(folder, "onnxruntime_binding.node");
      if (await hashIfThere(path) === binding.sha256) bindingPath ??= path;
    }
    if (bindingPath === undefined) {
      archives.push({
        file: binding.archivePath.split("/").at(-1)!,
        sizeBytes: binding.archiveSizeBytes,
        sha256: binding.archiveSha256,
        members: [binding.member],
      });
    }
  }
  for (const { project, file, sizeBytes, sha256, members } of build.wheels) {
    const missing: PinnedMember[] = [];
    for (const member of members) {
      if (!await isThere(staging, member)) missing.push(member);
    }
    if (missing.length > 0) archives.push({ project, file, sizeBytes, sha256, members: missing });
  }
  return { archives, ...(bindingPath === undefined ? {} : { bindingPath }) };
}

/** npm's package where Deno keeps it, and the folder beside a compiled houqa. */
function defaultBindingFolders(): string[] {
  const folders = [join(dirname(Deno.execPath()), "runtime")];
  try {
    const main = fileURLToPath(import.meta.resolve("onnxruntime-node"));
    folders.push(join(dirname(main), "..", "bin", "napi-v6", "linux", "x64"));
  } catch {
    // A bundle knows no packages.
  }
  return folders;
}

/** Beside the folder it becomes, so that the rename stays on one file system. */
export function stagingOf(folder: string): string {
  return `${folder}.partial`;
}

/** A member appears under its name only when it was unpacked whole. */
async function isThere(folder: string, member: PinnedMember): Promise<boolean> {
  try {
    return (await Deno.stat(join(folder, member.target))).size === member.sizeBytes;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function hashIfThere(path: string): Promise<string | undefined> {
  try {
    return await hashFile(path);
  } catch {
    return undefined;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
