import { dirname } from "node:path";
import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import { tryLock } from "../device/try_lock.ts";
import { UsageError } from "../settings/usage_error.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { needsRoom, systemReason } from "../settings/system_reason.ts";
import { makeFolders, removeEmptyFolders } from "../settings/make_folders.ts";
import { type Calibration, calibrationSchema } from "./order_schema.ts";
import { parseJson } from "./parse_json.ts";
import { type QuestionResult, questionResultSchema } from "./result_schema.ts";
import { syncFolder } from "./write_atomically.ts";

/** Raised when older journals can no longer be continued. */
const JOURNAL_VERSION = 1;

const fingerprintSchema = z.record(
  z.string(),
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
  ]),
);

/** Everything the answers depend on: settings, dataset, prompt and model, one flat record. */
export type Fingerprint = z.infer<typeof fingerprintSchema>;

const headerSchema = z.object({
  type: z.literal("header"),
  journal_version: z.literal(JOURNAL_VERSION),
  fingerprint: fingerprintSchema,
  versions: z.record(z.string(), z.string()),
  started_at: z.iso.datetime(),
});

const lineSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("sitting"), started_at: z.iso.datetime() }),
  z.object({ type: z.literal("calibration"), calibration: calibrationSchema }),
  z.object({
    type: z.literal("result"),
    elapsed_seconds: z.number().nonnegative(),
    result: questionResultSchema,
  }),
]);

/** What an earlier sitting left behind. */
export interface JournalContent {
  readonly fingerprint: Fingerprint;
  /** Versions of houqa, the client and the server when the run began. */
  readonly versions: Readonly<Record<string, string>>;
  /** When the first sitting began, ISO 8601. */
  readonly startedAt: string;
  /** The last result of every question asked so far, by its index. */
  readonly results: ReadonlyMap<number, QuestionResult>;
  /** The blank question's answer, where the run has one and got so far. */
  readonly calibration?: Calibration;
  readonly sittings: number;
  /** Wall time up to the last result of each sitting, summed. */
  readonly elapsedSeconds: number;
  /** Bytes of complete lines; what follows is a torn last line. */
  readonly completeBytes: number;
}

/** The journal that belongs to a result file. */
export function journalPath(output: string): string {
  return `${output}.journal.jsonl`;
}

/**
 * Reads a journal; undefined when there is none or not even its first line is complete. A torn or
 * unreadable last line is left out: its question will be asked again.
 * @throws {UsageError} when a line before the last one is damaged.
 */
export function readJournal(path: string): JournalContent | undefined {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UsageError(`Can't read the journal ${path}: ${(error as Error).message}`);
  }
  const decoder = new TextDecoder();
  const results = new Map<number, QuestionResult>();
  let header: z.infer<typeof headerSchema> | undefined;
  let calibration: Calibration | undefined;
  let sittings = 1;
  let elapsedBefore = 0;
  let elapsedNow = 0;
  let start = 0;
  for (let number = 1; start < bytes.length; number++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    const value = parseJson(decoder.decode(bytes.subarray(start, end)));
    if (number === 1) refuseOtherVersion(value, path);
    const schema = number === 1 ? headerSchema : lineSchema;
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      if (end + 1 === bytes.length) break;
      throw new UsageError(
        `The journal ${path} is damaged at line ${number}. Delete it to start over, ` +
          "or use another --output.",
      );
    }
    const line = parsed.data;
    if (line.type === "header") header = line;
    else if (line.type === "sitting") {
      sittings++;
      elapsedBefore += elapsedNow;
      elapsedNow = 0;
    } else if (line.type === "calibration") calibration = line.calibration;
    else {
      results.set(line.result.index, line.result);
      elapsedNow = line.elapsed_seconds;
    }
    start = end + 1;
  }
  if (header === undefined) return undefined;
  return {
    fingerprint: header.fingerprint,
    versions: header.versions,
    startedAt: header.started_at,
    results,
    ...(calibration === undefined ? {} : { calibration }),
    sittings,
    elapsedSeconds: elapsedBefore + elapsedNow,
    completeBytes: start,
  };
}

/** @throws {UsageError} for a journal that another version of houqa wrote. */
function refuseOtherVersion(header: unknown, path: string): void {
  const version = (header as { journal_version?: unknown } | undefined)?.journal_version;
  if (version === undefined || version === JOURNAL_VERSION) return;
  throw new UsageError(
    `The journal ${path} has version ${version}; this houqa continues version ` +
      `${JOURNAL_VERSION}. Finish it with the houqa that began it, or use another --output.`,
  );
}

function inodeAt(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Names of the fields in which two fingerprints differ, with both values as JSON. */
export function fingerprintDifferences(before: Fingerprint, now: Fingerprint): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
    .filter((key) => before[key] !== now[key])
    .map((key) =>
      `${key}: ${JSON.stringify(before[key] ?? null)} then, ${JSON.stringify(now[key] ?? null)} now`
    );
}

/**
 * Append-only record of a run: one line a result, written at once; fsync at least every second and
 * on close. Holds an exclusive lock, so two runs can't write the same result.
 */
export class Journal {
  readonly #file: Deno.FsFile;
  #syncTimer: ReturnType<typeof setTimeout> | undefined;
  #failure: CannotContinueError | undefined;

  private constructor(
    readonly path: string,
    file: Deno.FsFile,
    readonly syncFile: (file: Deno.FsFile) => void,
    /** Folders that were made for it, the deepest first. */
    readonly madeFolders: readonly string[],
  ) {
    this.#file = file;
  }

  /**
   * Opens and locks the journal file; creates it and its folder when missing.
   * @param sync makes the written bytes durable; watched in tests.
   * @throws {UsageError} when it can't be opened or another run holds it.
   * @throws {CannotContinueError} when the disk has no room for it.
   */
  static async open(
    path: string,
    sync: (file: Deno.FsFile) => void = (file) => file.syncDataSync(),
  ): Promise<Journal> {
    try {
      const made = await makeFolders(dirname(path));
      // The holder of a lock deletes the file when its run is complete: a lock on a deleted file
      // guards nothing, so it is taken again.
      for (let tries = 0; tries < 10; tries++) {
        const file = await Deno.open(path, { read: true, write: true, create: true });
        const locked = await tryLock(file, path, true);
        if (locked && file.statSync().ino === inodeAt(path)) {
          await syncFolder(dirname(path));
          return new Journal(path, file, sync, made);
        }
        file.close();
        if (!locked) break;
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      if (needsRoom(error)) {
        throw new CannotContinueError(
          `Can't write ${path}: ${systemReason(error)}. Make room, or choose another --output.`,
          { cause: error },
        );
      }
      throw new UsageError(
        `Can't write ${path}: ${systemReason(error)}. Choose a writable place with --output.`,
      );
    }
    throw new UsageError(`Another run is writing ${path}. Wait for it, or use another --output.`);
  }

  /** Begins anew: whatever the file holds is dropped. */
  start(
    fingerprint: Fingerprint,
    versions: Readonly<Record<string, string>>,
    startedAt: string,
  ): void {
    this.#keep(0);
    this.#write({
      type: "header",
      journal_version: JOURNAL_VERSION,
      fingerprint,
      versions,
      started_at: startedAt,
    });
  }

  /** Goes on behind the complete lines of an earlier sitting. */
  resume(content: JournalContent, startedAt: string): void {
    this.#keep(content.completeBytes);
    this.#write({ type: "sitting", started_at: startedAt });
  }

  /**
   * Records one result.
   * @param elapsedSeconds wall time since this sitting began.
   * @throws {CannotContinueError} when it could not be written, or an earlier fsync failed.
   */
  append(result: QuestionResult, elapsedSeconds: number): void {
    this.#write({ type: "result", elapsed_seconds: elapsedSeconds, result });
  }

  /**
   * Records what the blank question got, once a run.
   * @throws {CannotContinueError} as {@linkcode Journal.append}.
   */
  appendCalibration(calibration: Calibration): void {
    this.#write({ type: "calibration", calibration });
  }

  #keep(bytes: number): void {
    this.#guard(() => {
      this.#file.truncateSync(bytes);
      this.#file.seekSync(bytes, Deno.SeekMode.Start);
    });
  }

  #write(line: unknown): void {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
    this.#guard(() => {
      for (let done = 0; done < bytes.length;) {
        done += this.#file.writeSync(bytes.subarray(done));
      }
    });
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      try {
        this.#sync();
      } catch {
        // Kept by the guard; the next line, or closing, throws it.
      }
    }, 1000);
  }

  #sync(): void {
    this.#guard(() => this.syncFile(this.#file));
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      // Nothing may follow a line that is torn, and a lost fsync is reported only once.
      this.#failure ??= new CannotContinueError(
        `Can't write the journal ${this.path}: ${systemReason(error)}. ` +
          "What it holds so far stays; " +
          `${needsRoom(error) ? "make room and " : ""}run the same command again to go on.`,
        { cause: error },
      );
      throw this.#failure;
    }
  }

  /**
   * Syncs and closes; the file stays.
   * @throws {CannotContinueError} when this or an earlier write or fsync failed.
   */
  close(): void {
    clearTimeout(this.#syncTimer);
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#sync();
    } finally {
      this.#file.close();
    }
  }

  /** Closes without a run; a file that holds nothing is deleted again, with what was made for it. */
  async abandon(): Promise<void> {
    if (this.#file.statSync().size > 0) return this.close();
    await this.remove();
    await removeEmptyFolders(this.madeFolders);
  }

  /** Closes and deletes the file: the run is complete and its result is written. */
  async remove(): Promise<void> {
    clearTimeout(this.#syncTimer);
    try {
      await Deno.remove(this.path);
    } catch (error) {
      getLogger(["houqa", "eval"]).warn("The journal {path} could not be deleted: {reason}", {
        path: this.path,
        reason: (error as Error).message,
      });
    } finally {
      this.#file.close();
    }
  }
}
