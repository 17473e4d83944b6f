import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { CudaRuntime } from "./find_cuda_runtime.ts";
import { loaderReason, openLibcuda, type OpenLibrary } from "./open_libcuda.ts";

/**
 * Loads the driver's library and NVIDIA's libraries of a runtime into this process, where the CUDA
 * provider finds them by name: the loader does not look beside the provider, and ONNX Runtime prints
 * which one is missing to standard error only. They stay loaded until the process ends.
 * @throws {CannotContinueError} naming the library that can't be loaded and what to do.
 * @throws {Deno.errors.NotCapable} without `--allow-ffi`.
 */
export function preloadCuda(runtime: CudaRuntime, open: OpenLibrary = Deno.dlopen): void {
  try {
    openLibcuda({}, open);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new CannotContinueError(
      `The NVIDIA driver's library can't be loaded (${(error as Error).message}): there is no ` +
        "driver here, or the container was started without its GPU.",
    );
  }
  for (const path of runtime.libraries) {
    try {
      open(path, {});
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new CannotContinueError(
        `${path} can't be loaded (${loaderReason(error as Error)}). Delete ${runtime.folder} and ` +
          "run `houqa setup cuda` again; a library that is named here and is not NVIDIA's is missing " +
          "on this machine.",
      );
    }
  }
}
