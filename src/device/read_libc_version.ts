import { openLibc } from "./open_libc.ts";

/** Asks confstr(3) for the C library's name and version; glibc's own number for it. */
const CS_GNU_LIBC_VERSION = 2;

/**
 * Version of glibc, e.g. `2.36`; undefined on another system, with another C library, or without
 * `--allow-ffi` for it.
 */
export function readLibcVersion(): string | undefined {
  const library = openLibc({
    confstr: { parameters: ["i32", "buffer", "usize"], result: "usize" },
  });
  if (library === undefined) return undefined;
  try {
    const text = new Uint8Array(64);
    const length = Number(
      library.symbols.confstr(CS_GNU_LIBC_VERSION, text, BigInt(text.length)),
    );
    return /^glibc (\S+)$/.exec(new TextDecoder().decode(text.subarray(0, length - 1)))?.[1];
  } finally {
    library.close();
  }
}
