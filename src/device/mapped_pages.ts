import { openLibc } from "./open_libc.ts";
import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

const MADVISE = {
  madvise: { parameters: ["u64", "usize", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Of Linux: the pages may go; what is read again comes from the file. */
const MADV_DONTNEED = 4;

/** A part of this process's memory that shows a file. */
export interface MappedPart {
  readonly address: bigint;
  readonly sizeBytes: bigint;
}

/**
 * Files that this process has mapped, and whose pages it need not hold: weights that the runtime has
 * laid out anew, tables of which a few rows are read. Does nothing where the system has no such call,
 * or foreign functions are not allowed.
 */
export class MappedPages {
  #library: Deno.DynamicLibrary<typeof MADVISE> | undefined;
  #parts: readonly MappedPart[] = [];

  /** @param paths absolute, without links in them; mapped already. */
  constructor(paths: readonly string[]) {
    this.#library = openLibc(MADVISE);
    // Without it the pages stay, as they would in any program.
    if (this.#library !== undefined) this.#parts = unchangedParts(paths);
  }

  /** Takes the pages out of this process's memory (madvise(2)); their contents stay what they are. */
  forget(): void {
    for (const { address, sizeBytes } of this.#parts) {
      this.#library!.symbols.madvise(address, sizeBytes, MADV_DONTNEED);
    }
  }

  /** To be called before the files are unmapped. Safe to call twice. */
  close(): void {
    this.#library?.close();
    this.#library = undefined;
    this.#parts = [];
  }
}

/**
 * Mappings of these files that nobody wrote to, by the kernel's list (proc_pid_smaps(5)): pages of a
 * private mapping that were written to belong to no file any more, and would be lost.
 */
export function unchangedParts(
  paths: readonly string[],
  files: SystemFiles = SYSTEM_FILES,
): MappedPart[] {
  const parts: MappedPart[] = [];
  const text = files.readText("/proc/self/smaps") ?? "";
  for (const entry of text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const [, from, to, path] = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \d+ +(\/.*)$/m.exec(entry) ??
      [];
    const isUnchanged = /^Anonymous:\s+0 kB$/m.test(entry);
    if (path === undefined || !paths.includes(path) || !isUnchanged) continue;
    const address = BigInt(`0x${from}`);
    parts.push({ address, sizeBytes: BigInt(`0x${to}`) - address });
  }
  return parts;
}
