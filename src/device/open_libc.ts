/**
 * Where distributions put glibc: Debian and its kin on both processors, Red Hat and its kin, Arch.
 * Named by path, since a permission for a list of libraries covers no bare name.
 */
export const LIBC_PLACES: readonly string[] = [
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6",
  "/usr/lib/libc.so.6",
];

/**
 * Opens the C library of this machine with some of its functions, those of a wide permission by its
 * name, else where a path of {@linkcode LIBC_PLACES} may be loaded. Undefined on another system,
 * where it lies elsewhere, or without `--allow-ffi` for it.
 *
 * Addresses are declared as `u64`, not as `pointer`: Deno makes and reads pointers only for a
 * program that may load any library.
 */
export function openLibc<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Deno.DynamicLibrary<S> | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const isWide = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  for (const path of isWide ? ["libc.so.6", ...LIBC_PLACES] : LIBC_PLACES) {
    if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") continue;
    try {
      return Deno.dlopen(path, symbols);
    } catch {
      // Another distribution's place, or another C library.
    }
  }
  return undefined;
}

/** The place of {@linkcode LIBC_PLACES} where this machine has it; undefined elsewhere. */
export function libcPath(
  exists: (path: string) => boolean = isFile,
): string | undefined {
  return Deno.build.os === "linux" ? LIBC_PLACES.find(exists) : undefined;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
