import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../../settings/usage_error.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { readDocumentTable } from "../index/document_table.ts";
import {
  indexFilePath,
  type IndexManifest,
  readManifest,
  refusal,
} from "../index/index_manifest.ts";
import { originOf } from "../index/index_origin.ts";
import { openCorpusStore } from "../index/open_corpus_store.ts";

/** The texts of an index folder, without what its own searches need. */
export interface TextStore {
  readonly manifest: IndexManifest;
  readonly store: CorpusStore;
  /** Safe to call twice. */
  close(): void;
}

/**
 * Opens the texts of an index folder for searches that a server does: a table of scores for every
 * row, which the local search keeps in memory, is not made.
 * @throws {UsageError} for a folder that is no index, or a stale, foreign or damaged one.
 */
export async function openTextStore(folder: string): Promise<TextStore> {
  const manifest = await readManifest(folder);
  const { laws: lawCount, rows: rowCount, units: unitCount, largest_block_bytes } = manifest.corpus;
  const guard = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof UsageError || error instanceof Deno.errors.NotCapable) throw error;
      const { message } = error as Error;
      throw refusal(folder, "is damaged or can't be read", message, originOf(manifest));
    }
  };
  const documents = indexFilePath(folder, manifest, "documents.bin");
  const { sha256 } = manifest.files["documents.bin"];
  const firstRows = guard(() =>
    readDocumentTable(documents, { rowCount, unitCount, sha256 }).firstRows
  );
  const database = guard(() =>
    new DatabaseSync(indexFilePath(folder, manifest, "corpus.sqlite"), { readOnly: true })
  );
  let isOpen = true;
  const close = () => {
    if (isOpen) database.close();
    isOpen = false;
  };
  try {
    guard(() => database.exec("PRAGMA cache_size = -4000; PRAGMA trusted_schema = OFF"));
    const largestBlockBytes = largest_block_bytes;
    const store = openCorpusStore(database, { lawCount, firstRows, largestBlockBytes, guard });
    return { manifest, store, close };
  } catch (error) {
    close();
    throw error;
  }
}
