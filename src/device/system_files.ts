import { openLibc } from "./open_libc.ts";

/**
 * Reading of the kernel's own files under /proc, /sys and /dev. Everything in this folder that looks
 * at the machine goes through {@linkcode SystemFiles}, so that tests can lay out any machine.
 */

/** Text files and folders of the system; paths are absolute. */
export interface SystemFiles {
  /**
   * Content of a text file; undefined where there is none, or it can't be read.
   * @throws {Deno.errors.NotCapable} when this process may not look.
   */
  readText(path: string): string | undefined;
  /**
   * Names in a folder, in no order; undefined where there is no such folder.
   * @throws {Deno.errors.NotCapable} when this process may not look.
   */
  list(path: string): string[] | undefined;
  /**
   * Whether this process could write a file, or into a folder; undefined where nobody can tell
   * without trying.
   */
  canWrite(path: string): boolean | undefined;
}

/**
 * The files of this machine. Deno guards /proc, /sys and /dev by `--allow-all`, whatever
 * `--allow-read` names; where `--allow-ffi` names the C library, which opens the sandbox anyway, that
 * reads them.
 */
export const SYSTEM_FILES: SystemFiles = {
  readText: (path) => look(() => Deno.readTextFileSync(path), (libc) => libc.readText(path)),
  list: (path) =>
    look(() => Array.from(Deno.readDirSync(path), ({ name }) => name), (libc) => libc.list(path)),
  // Deno and Node look at permission bits, which say nothing about a read-only file system.
  canWrite: (path) => withLibc((libc) => libc.canWrite(path)),
};

function look<T>(byDeno: () => T, byLibc: (libc: Libc) => T | undefined): T | undefined {
  try {
    return byDeno();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return undefined;
    const found = withLibc((libc) => ({ value: byLibc(libc) }));
    if (found === undefined) throw error;
    return found.value;
  }
}

/** Undefined without a C library that may be called. */
function withLibc<T>(use: (libc: Libc) => T): T | undefined {
  const libc = Libc.open();
  try {
    return libc && use(libc);
  } finally {
    libc?.close();
  }
}

const LIBC_SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  opendir: { parameters: ["buffer"], result: "u64" },
  readdir: { parameters: ["u64"], result: "u64" },
  closedir: { parameters: ["u64"], result: "i32" },
  strlen: { parameters: ["u64"], result: "usize" },
  memcpy: { parameters: ["buffer", "u64", "usize"], result: "u64" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Asks access(2) about writing. */
const W_OK = 2;
/** O_CLOEXEC | O_NONBLOCK | O_RDONLY of Linux on x86-64 and arm64: a device file must not block. */
const OPEN_FLAGS = 0o2004000;
/**
 * Where `d_name` stands in Linux's `struct dirent` with 64-bit offsets: behind d_ino (8 bytes),
 * d_off (8), d_reclen (2) and d_type (1).
 */
const NAME_OFFSET = 19n;
/** No file of the kernel that is read here comes near this. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The few functions of the C library that stand in for Deno's own. */
class Libc {
  readonly #library: Deno.DynamicLibrary<typeof LIBC_SYMBOLS>;

  private constructor(library: Deno.DynamicLibrary<typeof LIBC_SYMBOLS>) {
    this.#library = library;
  }

  /** Undefined where foreign functions are not allowed, or this is another system. */
  static open(): Libc | undefined {
    const library = openLibc(LIBC_SYMBOLS);
    return library && new Libc(library);
  }

  readText(path: string): string | undefined {
    const { open, read, close } = this.#library.symbols;
    const descriptor = open(cString(path), OPEN_FLAGS);
    if (descriptor < 0) return undefined;
    try {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for (let total = 0; total < MAX_FILE_BYTES;) {
        const chunk = new Uint8Array(65536);
        const count = Number(read(descriptor, chunk, BigInt(chunk.length)));
        if (count < 0) return undefined;
        if (count === 0) break;
        chunks.push(chunk.subarray(0, count));
        total += count;
      }
      const decoder = new TextDecoder();
      return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") +
        decoder.decode();
    } finally {
      close(descriptor);
    }
  }

  list(path: string): string[] | undefined {
    const { opendir, readdir, closedir, strlen, memcpy } = this.#library.symbols;
    const folder = opendir(cString(path));
    if (folder === 0n) return undefined;
    const names: string[] = [];
    for (let entry = readdir(folder); entry !== 0n; entry = readdir(folder)) {
      const bytes = new Uint8Array(Number(strlen(entry + NAME_OFFSET)));
      memcpy(bytes, entry + NAME_OFFSET, BigInt(bytes.length));
      const name = new TextDecoder().decode(bytes);
      if (name !== "." && name !== "..") names.push(name);
    }
    closedir(folder);
    return names;
  }

  canWrite(path: string): boolean {
    return this.#library.symbols.access(cString(path), W_OK) === 0;
  }

  close(): void {
    this.#library.close();
  }
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
