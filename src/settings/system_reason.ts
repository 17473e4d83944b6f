/** Errors of the system that say nothing to most people, in words; by their names in errno.h. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than this system allows (see ulimit -f)",
  EROFS: "the file system is read-only",
  EMFILE: "too many files are open (allow more with ulimit -n 1024)",
  ENFILE: "too many files are open on this machine",
  EIO: "the disk reports an error",
};

/** Deno gives some errors no name, only the system's number. */
const LINUX_NUMBERS: Readonly<Record<string, string>> = {
  "5": "EIO",
  "23": "ENFILE",
  "24": "EMFILE",
  "27": "EFBIG",
  "28": "ENOSPC",
  "30": "EROFS",
  "122": "EDQUOT",
};
const OTHER_NUMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  darwin: { ...LINUX_NUMBERS, "69": "EDQUOT", "122": "" },
  windows: { "112": "ENOSPC", "1295": "EDQUOT", "19": "EROFS", "4": "EMFILE" },
};

/** SQLite's own words for SQLITE_FULL; Deno passes its number on for some calls only. */
const SQLITE_FULL = "database or disk is full";

/**
 * Name of a system's error in errno.h, of those that are about room, rights to write at all, and open
 * files; undefined for any other.
 */
export function systemErrorName(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && code in WORDS) return code;
  if (error.message === SQLITE_FULL) return "ENOSPC";
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1] ?? "";
  const name = (OTHER_NUMBERS[Deno.build.os] ?? LINUX_NUMBERS)[number];
  return name || undefined;
}

/** Whether room on the disk would help. */
export function needsRoom(error: unknown): boolean {
  const name = systemErrorName(error);
  return name === "ENOSPC" || name === "EDQUOT";
}

/**
 * What the system says about a file, for the end of a sentence: "the disk is full (ENOSPC)", or the
 * error's own message. Of a permission that Deno was not given, what it is for alone: which flag gives
 * it depends on how houqa was started.
 */
export function systemReason(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    const [what] = /^Requires \S+ access(?: to "?[^",]*"?)?/.exec(error.message) ?? [];
    if (what !== undefined) {
      return what.replace("Requires", "no permission for").replaceAll('"', "");
    }
  }
  const name = systemErrorName(error);
  return name === undefined ? (error as Error).message : `${WORDS[name]} (${name})`;
}
