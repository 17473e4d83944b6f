import { join } from "node:path";
import { hashFile } from "../../device/hash_file.ts";
import { HOUQA_VERSION } from "../../houqa_version.ts";
import { UsageError } from "../../settings/usage_error.ts";
import type { Law } from "../corpus/law.ts";
import { type BuildFolder, openBuildFolder, orCannotWrite } from "./index_folder.ts";
import {
  INDEX_FILES,
  INDEX_FORMAT,
  INDEX_FORMAT_VERSION,
  type IndexManifest,
} from "./index_manifest.ts";
import { IndexPartsWriter, type LeaveOutRule } from "./index_parts_writer.ts";
import { ANALYSER_VERSION } from "./normalise_law_text.ts";
import type { TermRunSize } from "./term_run.ts";

/** In a small corpus every term is worth its time; the two meet at 50,000 rows. */
const LEAVE_OUT: LeaveOutRule = { share: 0.02, keptRows: 1000 };
/** About 110 MB with its tables; 1.4 million rows take four runs of it. */
const RUN_SIZE: TermRunSize = { bytes: 56 << 20, lists: 1 << 20 };

/** What a build takes from the world around it. */
export interface BuildOptions {
  /** Where the laws came from, in words; kept in the manifest. */
  readonly source?: string;
  /** Day as `2024-04-01` whose revisions were asked for; kept in the manifest. */
  readonly asOf?: string;
  /** Ends the build; the old index stays. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Called with a sentence when another process is building in the same folder. */
  readonly onWait?: (message: string) => void;
  readonly now?: () => Date;
  readonly leaveOut?: LeaveOutRule;
  /** How much is gathered in memory before it is written; for tests. */
  readonly runSize?: TermRunSize;
}

/** How far a build is. */
export interface BuildProgress {
  /** `reading`: laws come in; `merging`: terms are put together; `finishing`: files are checked. */
  readonly phase: "reading" | "merging" | "finishing";
  readonly laws: number;
  readonly rows: number;
  /** Terms put together so far. */
  readonly terms: number;
}

/** What was built. */
export interface BuildReport {
  readonly folder: string;
  readonly manifest: IndexManifest;
  /** All parts together. */
  readonly sizeBytes: number;
  readonly seconds: number;
  /** Sorted runs that were merged. */
  readonly runs: number;
}

/**
 * Builds the index of a corpus in a folder, one law in memory at a time. The index that was there
 * before serves until the new one is complete, and stays if the build fails or is killed.
 * @throws {UsageError} for a corpus without rows, or with one law id twice, and for a folder with
 * somebody else's files; of a new folder nothing is left then.
 * @throws {CannotContinueError} when the folder can't be written.
 * @throws what `laws` throws, or the signal's reason.
 */
export async function buildIndex(
  laws: AsyncIterable<Law> | Iterable<Law>,
  folder: string,
  options: BuildOptions = {},
): Promise<BuildReport> {
  const started = performance.now();
  const place = await openBuildFolder(folder, options);
  try {
    const { manifest, runs } = await writeParts(laws, place, folder, options);
    options.signal?.throwIfAborted();
    await place.commit(manifest);
    const sizeBytes = INDEX_FILES.reduce((sum, name) => sum + manifest.files[name].size_bytes, 0);
    return { folder, manifest, sizeBytes, runs, seconds: (performance.now() - started) / 1000 };
  } finally {
    await place.release();
  }
}

async function writeParts(
  laws: AsyncIterable<Law> | Iterable<Law>,
  { temporary, name }: BuildFolder,
  folder: string,
  options: BuildOptions,
): Promise<{ manifest: IndexManifest; runs: number }> {
  const { signal, onProgress, source, asOf, leaveOut = LEAVE_OUT } = options;
  const { now = () => new Date() } = options;
  const write = <T>(action: () => T) => orCannotWrite(folder, () => Promise.resolve(action()));
  const writer = await write(() => new IndexPartsWriter(temporary, options.runSize ?? RUN_SIZE));
  const tell = (phase: BuildProgress["phase"], terms: number) => {
    signal?.throwIfAborted();
    onProgress?.({ phase, laws: writer.lawCount, rows: writer.rowCount, terms });
  };
  try {
    for await (const law of laws) {
      await write(() => writer.add(law));
      tell("reading", 0);
    }
    if (writer.rowCount === 0) {
      throw new UsageError("The corpus holds no text of any law, so there is nothing to index.");
    }
    const { corpus, terms, runs } = await write(() =>
      writer.finish(leaveOut, (count) => tell("merging", count))
    );
    tell("finishing", terms.indexed);
    const files = {} as Record<
      keyof IndexManifest["files"],
      { size_bytes: number; sha256: string }
    >;
    for (const file of INDEX_FILES) {
      const path = join(temporary, file);
      files[file] = { size_bytes: (await Deno.stat(path)).size, sha256: await hashFile(path) };
    }
    const manifest: IndexManifest = {
      format: INDEX_FORMAT,
      format_version: INDEX_FORMAT_VERSION,
      analyser: ANALYSER_VERSION,
      houqa_version: HOUQA_VERSION,
      created_at: now().toISOString(),
      corpus: {
        ...corpus,
        ...(source === undefined ? {} : { source }),
        ...(asOf === undefined ? {} : { as_of: asOf }),
      },
      terms,
      folder: name,
      files,
    };
    return { manifest, runs };
  } finally {
    writer.close();
  }
}
