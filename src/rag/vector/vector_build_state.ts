import { join } from "node:path";
import { z } from "zod";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { systemReason } from "../../settings/system_reason.ts";
import { syncFolder, writeAll } from "../../eval/write_atomically.ts";
import { rowBytes } from "./dot_kernel.ts";
import { HEADER_BYTES, vectorFileBytes, vectorHeader } from "./vector_file.ts";

/*
 * While an index is built its folder holds `building/`: the vectors so far, and a journal whose first
 * line says what they belong to and whose other lines, one a batch, how many vectors are safe on disk.
 */

const VECTORS = "vectors.bin";
const JOURNAL = "progress.jsonl";

const headSchema = z.object({ schema: z.literal(1), key: z.string() });
const batchSchema = z.object({
  done: z.int().nonnegative(),
  cut: z.int().nonnegative(),
});

/** What a build has so far. */
export interface BuildSoFar {
  /** Vectors on disk. */
  readonly done: number;
  /** Passages among them that were cut. */
  readonly cut: number;
}

/** What is built where. */
export interface BuildStateOptions {
  /** `building/` in the index's folder. */
  readonly folder: string;
  /** Everything that the vectors depend on: a build with another key starts anew. */
  readonly key: string;
  readonly dimensions: number;
}

/** A build that goes on where it was cut off. */
export class VectorBuildState {
  #soFar: BuildSoFar;
  #isOpen = true;

  private constructor(
    readonly options: BuildStateOptions,
    readonly vectors: Deno.FsFile,
    readonly journal: Deno.FsFile,
    soFar: BuildSoFar,
  ) {
    this.#soFar = soFar;
  }

  /**
   * Opens what an earlier build of the same key left behind, or starts.
   * @throws {CannotContinueError} when the folder can't be written.
   */
  static async open(options: BuildStateOptions): Promise<VectorBuildState> {
    const { folder, key, dimensions } = options;
    const vectorPath = join(folder, VECTORS);
    const journalPath = join(folder, JOURNAL);
    try {
      const soFar = await readProgress(journalPath, key);
      const sizeBytes = (await Deno.stat(vectorPath).catch(() => undefined))?.size ?? 0;
      const whole = Math.floor((sizeBytes - HEADER_BYTES) / rowBytes(dimensions));
      if (soFar === undefined || whole < soFar.done) {
        await Deno.remove(folder, { recursive: true }).catch(() => {});
        await Deno.mkdir(folder, { recursive: true });
        await Deno.writeFile(vectorPath, vectorHeader(dimensions));
        await Deno.writeTextFile(journalPath, JSON.stringify({ schema: 1, key }) + "\n");
        await syncFolder(folder);
      }
      const kept = soFar !== undefined && whole >= soFar.done ? soFar : { done: 0, cut: 0 };
      const vectors = await Deno.open(vectorPath, { read: true, write: true });
      const journal = await Deno.open(journalPath, { read: true, write: true });
      await dropTornLine(journal, await Deno.readFile(journalPath));
      // Vectors behind the last batch that was noted are not trusted.
      await vectors.truncate(vectorFileBytes(dimensions, kept.done));
      await vectors.seek(0, Deno.SeekMode.End);
      return new VectorBuildState(options, vectors, journal, kept);
    } catch (error) {
      throw cannotWrite(folder, error);
    }
  }

  get soFar(): BuildSoFar {
    return this.#soFar;
  }

  /** Path of the vectors. */
  get vectorPath(): string {
    return join(this.options.folder, VECTORS);
  }

  /**
   * Appends the rows of a batch and makes them durable before they are noted.
   * @throws {CannotContinueError} when the disk is full.
   */
  async append(rows: Uint8Array, count: number, cut: number): Promise<void> {
    const { done, cut: before } = this.#soFar;
    const soFar = { done: done + count, cut: before + cut };
    try {
      await writeAll(this.vectors, rows);
      await this.vectors.syncData();
      await writeAll(this.journal, new TextEncoder().encode(JSON.stringify(soFar) + "\n"));
    } catch (error) {
      throw cannotWrite(this.options.folder, error);
    }
    this.#soFar = soFar;
  }

  /** Safe to call twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.vectors.close();
    this.journal.close();
  }
}

/** The last batch that was noted; undefined where there is no journal of this key. */
async function readProgress(path: string, key: string): Promise<BuildSoFar | undefined> {
  const text = await Deno.readTextFile(path).catch(() => "");
  // The piece behind the last line end is a line that was cut off.
  const lines = text.split("\n").slice(0, -1).map(parseLine);
  const head = headSchema.safeParse(lines[0]);
  if (!head.success || head.data.key !== key) return undefined;
  const batches = lines.slice(1).map((line) => batchSchema.safeParse(line));
  return batches.findLast(({ success }) => success)?.data ?? { done: 0, cut: 0 };
}

/** Leaves the journal at its end, behind a line that is whole. */
async function dropTornLine(journal: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  await journal.truncate(bytes.lastIndexOf(10) + 1);
  await journal.seek(0, Deno.SeekMode.End);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function cannotWrite(folder: string, error: unknown): CannotContinueError {
  return new CannotContinueError(
    `Can't write ${folder}: ${systemReason(error)}. What was embedded so far is kept.`,
    { cause: error },
  );
}
