import { dirname, join } from "node:path";
import { isLockUnsupported, lockFile } from "../hub/file_lock.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { systemReason } from "../settings/system_reason.ts";
import type { CudaBuild } from "./cuda_builds.ts";
import { downloadFile } from "./download_file.ts";
import {
  type CudaRuntime,
  findCudaRuntime,
  MANIFEST_NAME,
  type RuntimeManifest,
} from "./find_cuda_runtime.ts";
import { type FileAddress, findWheel } from "./find_wheel.ts";
import { hashFile } from "./hash_file.ts";
import { headersFor } from "./http_source.ts";
import {
  type CudaPlan,
  type PlannedArchive,
  type SetupCudaOptions,
  stagingOf,
} from "./plan_cuda_setup.ts";
import { copyMember, unpackTarball, unpackZip } from "./unpack_members.ts";

/** How far a setup is. */
export interface SetupProgress {
  readonly file: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Where to fetch each archive of a plan; asks the package indexes. */
export async function locateArchives(
  plan: CudaPlan,
  options: SetupCudaOptions,
): Promise<Map<PlannedArchive, FileAddress>> {
  const addresses = new Map<PlannedArchive, FileAddress>();
  for (const archive of plan.archives) {
    const wheel = plan.build.wheels.find(({ file }) => file === archive.file);
    const { registry } = options;
    const url = `${registry.url}/${plan.build.binding.archivePath}`;
    addresses.set(
      archive,
      wheel === undefined
        ? { url, headers: headersFor(url, registry) }
        : await findWheel(wheel, options.indexes, options),
    );
  }
  return addresses;
}

/**
 * Carries a plan out: each archive is downloaded, checked, unpacked and removed again; the folder
 * appears under its name when everything is in it. An interrupted setup goes on where it stopped.
 * @throws {CannotContinueError} when the disk has too little room, or a file can't be had.
 */
export async function setUpCuda(
  plan: CudaPlan,
  addresses: ReadonlyMap<PlannedArchive, FileAddress>,
  options: SetupCudaOptions & {
    readonly onProgress?: (progress: SetupProgress) => void;
    /** Called when another setup holds the lock. */
    readonly onWait?: () => void;
  },
): Promise<CudaRuntime> {
  if (plan.present !== undefined) return plan.present;
  const { build, folder, freeBytes, neededBytes } = plan;
  if (freeBytes !== undefined && freeBytes < neededBytes) {
    throw new CannotContinueError(
      `Setting CUDA ${build.cudaMajor} up takes ${gigabytes(neededBytes)} GB below ` +
        `${dirname(folder)} and ${
          gigabytes(freeBytes)
        } GB are free. Make room, or set HOUQA_CACHE ` +
        "to a folder on another disk.",
    );
  }
  const staging = stagingOf(folder);
  try {
    await Deno.mkdir(dirname(folder), { recursive: true });
    const lock = await lockFile(join(dirname(folder), "setup.lock"), {
      exclusive: true,
      onWait: options.onWait,
    }).catch((error) => {
      if (isLockUnsupported(error)) return { release() {} };
      throw error;
    });
    try {
      const meanwhile = await findCudaRuntime({ ...options, builds: [build] });
      if (meanwhile !== undefined) return meanwhile;
      await fillStaging(plan, addresses, staging, options);
      await writeManifest(build, staging);
      await replaceFolder(staging, folder);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error instanceof CannotContinueError || error instanceof Deno.errors.NotCapable) {
      throw error;
    }
    throw new CannotContinueError(
      `Can't set CUDA up in ${folder}: ${systemReason(error)}. ` +
        "Run it again to go on where it stopped.",
    );
  }
  const runtime = await findCudaRuntime({ ...options, builds: [build] });
  if (runtime === undefined) {
    throw new CannotContinueError(`${folder} was set up and is incomplete: run it again.`);
  }
  return runtime;
}

async function fillStaging(
  plan: CudaPlan,
  addresses: ReadonlyMap<PlannedArchive, FileAddress>,
  staging: string,
  options: Parameters<typeof setUpCuda>[2],
): Promise<void> {
  const downloads = join(staging, "downloads");
  await Deno.mkdir(downloads, { recursive: true });
  const { member } = plan.build.binding;
  if (plan.bindingPath !== undefined) {
    await copyMember(plan.bindingPath, member, staging);
  }
  let before = 0;
  for (const archive of plan.archives) {
    const target = join(downloads, archive.file);
    await downloadFile({
      address: addresses.get(archive)!,
      target,
      sizeBytes: archive.sizeBytes,
      sha256: archive.sha256,
      onProgress: (bytes) =>
        options.onProgress?.({
          file: archive.file,
          doneBytes: before + bytes,
          totalBytes: plan.downloadBytes,
        }),
    }, options);
    const unpack = archive.project === undefined ? unpackTarball : unpackZip;
    await unpack(target, archive.members, staging);
    await Deno.remove(target);
    before += archive.sizeBytes;
  }
  await Deno.remove(downloads, { recursive: true });
}

async function writeManifest(build: CudaBuild, staging: string): Promise<void> {
  const files: RuntimeManifest["files"] = {};
  for (const member of [build.binding.member, ...build.wheels.flatMap((wheel) => wheel.members)]) {
    const path = join(staging, member.target);
    const sha256 = await hashFile(path);
    files[member.target] = { size_bytes: member.sizeBytes, sha256 };
  }
  const manifest: RuntimeManifest = {
    format: 1,
    houqa_version: HOUQA_VERSION,
    cuda_major: build.cudaMajor,
    onnxruntime_version: build.onnxruntimeVersion,
    sources: [
      { file: build.binding.member.path, sha256: build.binding.sha256 },
      ...build.wheels.map(({ file, sha256 }) => ({ file, sha256 })),
    ],
    libraries: [...build.preload],
    files,
  };
  await Deno.writeTextFile(join(staging, MANIFEST_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** A folder that is there and was not taken for a runtime is damaged or of another houqa. */
async function replaceFolder(staging: string, folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.rename(staging, folder);
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
