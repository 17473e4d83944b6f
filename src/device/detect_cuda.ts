import { findNvidiaDriver, highestCudaMajor } from "./nvidia_driver.ts";
import { type CudaDriverReport, queryCudaDriver } from "./query_cuda_driver.ts";
import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** The NVIDIA driver of this machine. */
export interface CudaSupport {
  /** Version of the driver; absent where only its library is visible, as in WSL. */
  readonly driver?: string;
  /** The major CUDA version that houqa can set up and that runs here; absent: too old. */
  readonly cudaMajor?: 12 | 13;
  /** What the driver's library says. */
  readonly report?: CudaDriverReport;
  /** Why the library says nothing. */
  readonly reason?: string;
}

/** What the detection takes from the world around it. */
export interface DetectCudaSources {
  readonly files?: SystemFiles;
  readonly queryCudaDriver?: () => Promise<CudaDriverReport>;
}

/**
 * Finds the driver through the kernel's file and its library; undefined where there is none. The
 * library has the last word about the CUDA version, since it is what programs run on.
 * @throws {Deno.errors.NotCapable} when this process may look at neither.
 */
export async function detectCuda(
  { files = SYSTEM_FILES, queryCudaDriver: query = queryCudaDriver }: DetectCudaSources = {},
): Promise<CudaSupport | undefined> {
  const driver = look(() => findNvidiaDriver(files)?.version);
  const asked = await query().catch((error: Error) => error);
  if (asked instanceof Error) {
    if (driver instanceof Error) throw driver;
    if (driver === undefined) return undefined;
    return { driver, ...majorOf(highestCudaMajor(driver)), reason: asked.message };
  }
  // A library without devices and driver is a stand-in for building programs.
  const hasDriver = typeof driver === "string";
  if (!hasDriver && asked.devices.length === 0) return undefined;
  const major = Number(asked.cudaVersion.split(".")[0]);
  return {
    ...(hasDriver ? { driver } : {}),
    ...majorOf(major >= 13 ? 13 : major === 12 ? 12 : undefined),
    report: asked,
  };
}

function majorOf(cudaMajor: 12 | 13 | undefined): Pick<CudaSupport, "cudaMajor"> {
  return cudaMajor === undefined ? {} : { cudaMajor };
}

function look<T>(read: () => T): T | Deno.errors.NotCapable {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return error;
    throw error;
  }
}
