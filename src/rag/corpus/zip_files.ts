import { type Entry, type FileEntry, ZipReader } from "@zip.js/zip.js";
import { UsageError } from "../../settings/usage_error.ts";
import type { CorpusLimits } from "./corpus_limits.ts";
import { FileRangeReader } from "../../device/file_range_reader.ts";
import { LawFileError } from "./law_file_error.ts";
import { countOther, type LawFile, type LawFiles, mayHoldLaw, printableName } from "./law_files.ts";

/** Small archives of small files compress well; below this no ratio is suspicious. */
const HARMLESS_BYTES = 1 << 20;
/** PKWARE's APPNOTE 4.3.7, without name and extra field. */
const LOCAL_HEADER_BYTES = 30;

/**
 * Law files of a zip archive, which stays on disk: its list is read, and each file when it is asked
 * for. Names in it are only shown and compared, so that one like `../../x.xml` does no harm.
 * @throws {UsageError} when it is no whole archive, or holds more than a corpus can.
 */
export async function openZip(path: string, limits: CorpusLimits): Promise<LawFiles> {
  const file = await Deno.open(path);
  // The runtime's own streams inflate faster than workers, which would need a permission.
  const zip = new ZipReader(new FileRangeReader(file, (await file.stat()).size), {
    useWebWorkers: false,
    useCompressionStream: true,
    filenameValidation: "tolerant",
    checkCrc32: true,
  });
  const close = async () => {
    await zip.close().catch(() => {});
    file.close();
  };
  const entries = new EntryWalk(zip);
  try {
    const found: FoundEntry[] = [];
    const others = new Map<string, number>();
    let seen = 0;
    for await (const entry of zip.getEntriesGenerator()) {
      const index = seen++;
      if (seen > limits.files) throw new Error(`it holds more than ${limits.files} files`);
      if (entry.directory) continue;
      if (mayHoldLaw(entry.filename)) found.push(outlineOf(entry, index));
      else countOther(others, entry.filename);
    }
    markOverlaps(found);
    const indexes = new Map(
      found.map((one) => [lawFile(one, path, entries, limits), one.index] as const),
    );
    const plan = (next: readonly LawFile[]) =>
      entries.plan(next.flatMap((file) => indexes.get(file) ?? []));
    return { files: [...indexes.keys()], others, plan, close };
  } catch (error) {
    await close();
    throw new UsageError(
      `${path} can't be read as a zip archive: ${explain(error as Error)}. If it was downloaded, ` +
        "download it again (`houqa laws fetch`).",
    );
  }
}

/**
 * Entries that are looked up in one walk over the list. zip.js needs some 8 kB for each, so that all
 * of 10,000 laws would take more memory than the rest of the build.
 */
const ENTRIES_A_WALK = 512;

/** Gives the entries of an archive again, by their index, a few kept at a time. */
class EntryWalk {
  readonly #zip: ZipReader<Deno.FsFile>;
  #entries?: AsyncGenerator<Entry, boolean>;
  #next = 0;
  #planned: readonly number[] = [];
  /** Where each entry stands in the plan. */
  #turns: ReadonlyMap<number, number> = new Map();
  #kept = new Map<number, FileEntry>();

  constructor(zip: ZipReader<Deno.FsFile>) {
    this.#zip = zip;
  }

  /** Says which entries will be asked for, in that order; others are found as well, but slowly. */
  plan(indexes: readonly number[]): void {
    this.#planned = indexes;
    this.#turns = new Map(indexes.map((index, turn) => [index, turn]));
  }

  async at(index: number): Promise<FileEntry> {
    if (!this.#kept.has(index)) {
      const turn = this.#turns.get(index);
      const wanted = turn === undefined
        ? [index]
        : this.#planned.slice(turn, turn + ENTRIES_A_WALK);
      this.#kept = await this.#collect(new Set(wanted));
    }
    return this.#kept.get(index)!;
  }

  /** Goes on from where it stands where that is before all that is wanted, else from the start. */
  async #collect(wanted: ReadonlySet<number>): Promise<Map<number, FileEntry>> {
    const isAhead = [...wanted].every((index) => index >= this.#next);
    if (this.#entries === undefined || !isAhead) {
      this.#entries = this.#zip.getEntriesGenerator();
      this.#next = 0;
    }
    const found = new Map<number, FileEntry>();
    while (found.size < wanted.size) {
      const { value, done } = await this.#entries.next();
      if (done || typeof value === "boolean") throw new Error("the list of files became shorter");
      const index = this.#next++;
      if (wanted.has(index) && !value.directory) found.set(index, value);
    }
    return found;
  }
}

/** What is kept of an entry. */
interface FoundEntry {
  readonly index: number;
  readonly filename: string;
  readonly encrypted: boolean;
  readonly uncompressedSize: number;
  readonly compressedSize: number;
  /** Where its header begins. */
  readonly offset: number;
  overlaps: boolean;
}

function outlineOf(entry: FileEntry, index: number): FoundEntry {
  const { filename, encrypted, uncompressedSize, compressedSize, offset } = entry;
  return { index, filename, encrypted, uncompressedSize, compressedSize, offset, overlaps: false };
}

/**
 * Files that share their bytes multiply what an archive grows to; no packer makes such. zip.js can
 * look for them too, but keeps every entry in memory for it.
 */
function markOverlaps(entries: readonly FoundEntry[]): void {
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  let furthest: FoundEntry | undefined;
  for (const entry of sorted) {
    if (furthest !== undefined && entry.offset < endOf(furthest)) {
      furthest.overlaps = true;
      entry.overlaps = true;
    }
    if (furthest === undefined || endOf(entry) > endOf(furthest)) furthest = entry;
  }
}

/** An entry's header, name and bytes reach at least that far. */
function endOf({ offset, compressedSize }: FoundEntry): number {
  return offset + LOCAL_HEADER_BYTES + compressedSize;
}

function lawFile(
  { index, filename, encrypted, uncompressedSize, compressedSize, overlaps }: FoundEntry,
  archive: string,
  entries: EntryWalk,
  limits: CorpusLimits,
): LawFile {
  return {
    name: `${archive}!${printableName(filename)}`,
    sizeBytes: uncompressedSize,
    async read(take) {
      if (encrypted) throw new LawFileError("encrypted", "it is encrypted");
      if (uncompressedSize > limits.fileBytes) {
        throw new LawFileError(
          "too large",
          `it has ${uncompressedSize} bytes, more than the ${limits.fileBytes} of any law`,
        );
      }
      const isBomb = uncompressedSize > HARMLESS_BYTES &&
        uncompressedSize > limits.zipRatio * compressedSize;
      if (isBomb) {
        throw new LawFileError(
          "zip bomb",
          `${compressedSize} bytes grow to ${uncompressedSize}, as no law does`,
        );
      }
      if (overlaps) throw new LawFileError("zip bomb", "it shares its bytes with another file");
      await inflate(await entries.at(index), take);
    },
  };
}

async function inflate(entry: FileEntry, take: (bytes: Uint8Array) => void): Promise<void> {
  let refusal: unknown;
  const stream = new WritableStream<Uint8Array>({
    write(bytes) {
      try {
        take(bytes);
      } catch (error) {
        refusal = error;
        throw error;
      }
    },
  });
  try {
    await entry.getData(stream);
  } catch (error) {
    throw refusal ?? new LawFileError("damaged in the zip", explain(error as Error));
  }
}

/** zip.js's words, for people. */
function explain({ message }: Error): string {
  if (/End of (?:Zip64 )?central directory/.test(message)) {
    return "its end is missing, so it was cut off or is something else";
  }
  if (message === "File format is not recognized") return "it is no zip archive, or was cut off";
  if (message === "Invalid CRC32") return "its bytes are not those that were packed (CRC-32)";
  return message;
}
