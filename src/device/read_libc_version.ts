/**
 * Version of glibc, e.g. `2.36`; undefined on another system, with another C library, or without
 * `--allow-ffi`.
 */
export function readLibcVersion(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  try {
    using library = closing(Deno.dlopen("libc.so.6", {
      gnu_get_libc_version: { parameters: [], result: "pointer" },
    }));
    const text = library.symbols.gnu_get_libc_version();
    return text === null ? undefined : Deno.UnsafePointerView.getCString(text);
  } catch {
    return undefined;
  }
}

function closing<L extends { close(): void }>(library: L): L & Disposable {
  return Object.assign(library, { [Symbol.dispose]: () => library.close() });
}
