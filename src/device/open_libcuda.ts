/** Where the driver's library is put by distributions, container runtimes and WSL. */
export const LIBCUDA_PLACES: readonly string[] = [
  "libcuda.so.1",
  "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
  "/usr/lib/aarch64-linux-gnu/libcuda.so.1",
  "/usr/lib64/libcuda.so.1",
  "/usr/local/nvidia/lib64/libcuda.so.1",
  "/usr/lib/wsl/lib/libcuda.so.1",
];

/** Loads a shared library into this process with some of its functions; {@linkcode Deno.dlopen}. */
export type OpenLibrary = typeof Deno.dlopen;

/**
 * Opens the driver's `libcuda.so.1`, wherever it lies.
 * @throws {Error} with the loader's reason when it is nowhere, or can't be loaded.
 * @throws {Deno.errors.NotCapable} when none of the places may be loaded.
 */
export function openLibcuda<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
  open: OpenLibrary = Deno.dlopen,
): Deno.DynamicLibrary<S> {
  let reason: Error | undefined;
  let refusal: Error | undefined;
  for (const place of LIBCUDA_PLACES) {
    try {
      return open(place, symbols);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        // A list of libraries names places, and not the bare name that comes first.
        refusal = error;
        continue;
      }
      // "No such file" about a further place would hide what is wrong with a file that is there.
      if (reason === undefined || !/No such file/.test((error as Error).message)) {
        reason = error as Error;
      }
    }
  }
  if (reason === undefined) throw refusal!;
  throw new Error(loaderReason(reason), { cause: reason });
}

/** The loader's own words, without what Deno puts in front. */
export function loaderReason(error: Error): string {
  return error.message.replace(/^(?:Could not open library: )+/, "");
}
