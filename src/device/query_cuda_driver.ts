import { openLibcuda, type OpenLibrary } from "./open_libcuda.ts";

/** A device as the driver shows it to this process; a MIG slice counts as one. */
export interface CudaDevice {
  /** E.g. `NVIDIA A100-PCIE-40GB MIG 3g.20gb`. */
  readonly name: string;
  readonly totalBytes: number;
}

/** What the driver says about itself. */
export interface CudaDriverReport {
  /** The highest CUDA version that the driver runs, e.g. `12.4`. */
  readonly cudaVersion: string;
  readonly devices: readonly CudaDevice[];
  /** Why there is no device, in the driver's words, where it gives a reason. */
  readonly problem?: string;
}

const DRIVER_SYMBOLS = {
  // Waking a GPU can take seconds, which must not hold everything else up.
  cuInit: { parameters: ["u32"], result: "i32", nonblocking: true },
  cuDriverGetVersion: { parameters: ["buffer"], result: "i32" },
  cuDeviceGetCount: { parameters: ["buffer"], result: "i32" },
  cuDeviceGet: { parameters: ["buffer", "i32"], result: "i32" },
  cuDeviceGetName: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  cuDeviceTotalMem_v2: { parameters: ["buffer", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Results of cuInit that a user can do something about (NVIDIA, CUDA Driver API, `CUresult`). */
const PROBLEMS: Readonly<Record<number, string>> = {
  34: "the library is a stub, not the driver (CUDA_ERROR_STUB_LIBRARY)",
  100: "the driver shows no device (CUDA_ERROR_NO_DEVICE)",
  802: "the GPUs are not ready yet (CUDA_ERROR_SYSTEM_NOT_READY)",
  803: "the driver's library and kernel module have different versions " +
    "(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH)",
  804:
    "this GPU does not run the compatibility library (CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE)",
};

/**
 * Asks the driver through `libcuda.so.1` (CUDA Driver API) which devices this process may use; no
 * context is made, so no GPU memory is taken.
 * @throws {Error} with the loader's reason when the library can't be loaded.
 * @throws {Deno.errors.NotCapable} without `--allow-ffi`.
 */
export async function queryCudaDriver(
  open: OpenLibrary = Deno.dlopen,
): Promise<CudaDriverReport> {
  const library = openLibcuda(DRIVER_SYMBOLS, open);
  try {
    const driver = library.symbols;
    const result = await driver.cuInit(0);
    const version = readInt((out) => driver.cuDriverGetVersion(out)) ?? 0;
    const cudaVersion = `${Math.floor(version / 1000)}.${Math.floor(version % 1000 / 10)}`;
    if (result !== 0) {
      const problem = PROBLEMS[result] ?? `cuInit failed with error ${result}`;
      return { cudaVersion, devices: [], problem };
    }
    const count = readInt((out) => driver.cuDeviceGetCount(out)) ?? 0;
    const devices: CudaDevice[] = [];
    for (let i = 0; i < count; i++) {
      const device = readInt((out) => driver.cuDeviceGet(out, i));
      if (device === undefined) continue;
      const name = new Uint8Array(256);
      driver.cuDeviceGetName(name, name.length, device);
      const size = new BigUint64Array(1);
      driver.cuDeviceTotalMem_v2(size, device);
      devices.push({
        name: new TextDecoder().decode(name.subarray(0, name.indexOf(0))),
        totalBytes: Number(size[0]),
      });
    }
    return { cudaVersion, devices };
  } finally {
    library.close();
  }
}

function readInt(call: (out: Int32Array<ArrayBuffer>) => number): number | undefined {
  const out = new Int32Array(1);
  return call(out) === 0 ? out[0] : undefined;
}
