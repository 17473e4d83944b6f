import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../../settings/usage_error.ts";
import { type Bm25Parameters, bm25ParametersSchema, DEFAULT_BM25 } from "./bm25_parameters.ts";
import { Bm25Scorer } from "./bm25_scorer.ts";
import type { CorpusStore } from "./corpus_store.ts";
import { readDocumentTable } from "./document_table.ts";
import { indexFilePath, type IndexManifest, readManifest, refusal } from "./index_manifest.ts";
import { originOf } from "./index_origin.ts";
import { openCorpusStore } from "./open_corpus_store.ts";
import { TermTable } from "./term_table.ts";

/** The score of every row of a corpus. */
export interface RowScores {
  /** By the number of the row; 0 where it does not fit. The next query uses the array again. */
  readonly scores: Float64Array;
  /** Number of each unit's first row, and at the end the number of rows. */
  readonly firstRows: Uint32Array;
}

/** An index of laws that is open for reading. */
export interface LawIndex {
  readonly folder: string;
  readonly manifest: IndexManifest;
  readonly corpus: CorpusStore;
  /**
   * Scores every row for a query; see {@linkcode Bm25Scorer}.
   * @throws {UsageError} where the index is damaged.
   */
  scoreRows(query: string): RowScores;
  /** Frees the files. Safe to call twice. */
  close(): void;
}

/** How an index is opened. */
export interface OpenIndexOptions {
  readonly parameters?: Partial<Bm25Parameters>;
}

/**
 * Opens the index in a folder. Nothing is locked: an index that is replaced meanwhile is read to the
 * end as it was.
 * @throws {UsageError} for a folder that is no index, or a stale, foreign or damaged one.
 */
export async function openIndex(
  folder: string,
  options: OpenIndexOptions = {},
): Promise<LawIndex> {
  const parameters = bm25ParametersSchema.parse({ ...DEFAULT_BM25, ...options.parameters });
  for (let isFirst = true;; isFirst = false) {
    const manifest = await readManifest(folder);
    try {
      return openParts(folder, manifest, parameters);
    } catch (error) {
      // Between the two, a build may have put another index in its place.
      const isReplaced = isFirst && (await readManifest(folder)).folder !== manifest.folder;
      if (!isReplaced) throw error;
    }
  }
}

function openParts(
  folder: string,
  manifest: IndexManifest,
  parameters: Bm25Parameters,
): LawIndex {
  const opened: { close(): void }[] = [];
  const close = () => {
    for (const part of opened.splice(0)) part.close();
  };
  const guard = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof UsageError || error instanceof Deno.errors.NotCapable) throw error;
      throw refusal(
        folder,
        "is damaged or can't be read",
        shortMessage(error),
        originOf(manifest),
      );
    }
  };
  try {
    return guard(() => {
      const { laws: lawCount, rows: rowCount, units: unitCount, largest_block_bytes } =
        manifest.corpus;
      const documents = readDocumentTable(
        indexFilePath(folder, manifest, "documents.bin"),
        { rowCount, unitCount, sha256: manifest.files["documents.bin"].sha256 },
      );
      const { firstRows } = documents;
      const database = new DatabaseSync(indexFilePath(folder, manifest, "corpus.sqlite"), {
        readOnly: true,
      });
      opened.push(database);
      database.exec(
        "PRAGMA cache_size = -4000; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF",
      );
      const file = Deno.openSync(indexFilePath(folder, manifest, "postings.bin"));
      opened.push(file);
      const postings = { file, sizeBytes: manifest.files["postings.bin"].size_bytes };
      const scorer = new Bm25Scorer(documents, new TermTable(database), postings, parameters);
      const corpus = openCorpusStore(database, {
        lawCount,
        firstRows,
        largestBlockBytes: largest_block_bytes,
        guard,
      });
      return {
        folder,
        manifest,
        corpus,
        scoreRows: (query) => ({ scores: guard(() => scorer.score(query)), firstRows }),
        close,
      };
    });
  } catch (error) {
    close();
    throw error;
  }
}

/** What a library says, on one line. */
function shortMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/\s+/g, " ");
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
