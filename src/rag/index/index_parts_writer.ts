import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Law } from "../corpus/law.ts";
import { ByteWriter } from "./byte_writer.ts";
import { CorpusWriter } from "./corpus_writer.ts";
import { DocumentTableWriter, encodeDocumentTable } from "./document_table.ts";
import type { IndexManifest } from "./index_manifest.ts";
import { visitBigrams } from "./law_bigrams.ts";
import { mergeRuns } from "./merge_runs.ts";
import { MOST_DOCUMENTS, MOST_OCCURRENCES } from "./postings.ts";
import { type Field, FIELDS, TermRun, type TermRunSize } from "./term_run.ts";
import { TermTableWriter } from "./term_table.ts";

/** Which lists of postings are left out. */
export interface LeaveOutRule {
  /** Those that stand for more than this share of the rows … */
  readonly share: number;
  /** … unless they stand for no more rows than this. */
  readonly keptRows: number;
}

/** Writes the files of an index into an empty folder. */
export class IndexPartsWriter {
  readonly #folder: string;
  readonly #database: DatabaseSync;
  readonly #corpus: CorpusWriter;
  readonly #documents = new DocumentTableWriter();
  readonly #run: TermRun;
  readonly #runs: string[] = [];
  #cutRows = 0;

  /** @param folder must exist. */
  constructor(folder: string, runSize: TermRunSize) {
    this.#folder = folder;
    this.#run = new TermRun(runSize);
    this.#database = new DatabaseSync(join(folder, "corpus.sqlite"));
    // Nobody reads the file before it is complete, and a build that dies begins anew.
    this.#database.exec(
      "PRAGMA page_size = 2048; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; " +
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -8000; BEGIN",
    );
    this.#corpus = new CorpusWriter(this.#database);
  }

  /** So far. */
  get lawCount(): number {
    return this.#corpus.lawCount;
  }

  /** So far. */
  get rowCount(): number {
    return this.#documents.rowCount;
  }

  /** @throws {UsageError} for a law that is there already. */
  add(law: Law): void {
    this.#corpus.add(law);
    const title = [law.title, ...law.abbreviations].join("\n");
    for (const unit of law.units) {
      if (unit.rows.length === 0) throw new TypeError(`${law.title} ${unit.title} has no rows`);
      const heading = `${title}\n${unit.title}\n${unit.caption}`;
      this.#documents.addUnit(this.#index(heading, FIELDS.heading, this.#documents.unitCount));
      for (const { text } of unit.rows) {
        const length = this.#index(text, FIELDS.body, this.#documents.rowCount);
        if (length > MOST_OCCURRENCES) this.#cutRows++;
        this.#documents.addRow(Math.min(length, MOST_OCCURRENCES));
      }
    }
  }

  /** Indexes one text; gives its length in terms. */
  #index(text: string, field: Field, document: number): number {
    if (this.#run.isFull) this.#writeRun();
    if (document >= MOST_DOCUMENTS) throw new RangeError(`more than ${MOST_DOCUMENTS} documents`);
    let count = 0;
    return visitBigrams(text, (first, second) => {
      if (count++ < MOST_OCCURRENCES) this.#run.add(first, second, field, document);
    });
  }

  /**
   * Merges the runs and completes the files.
   * @param onTerms told now and then how many terms there are; may throw to stop.
   */
  finish(
    { share, keptRows }: LeaveOutRule,
    onTerms: (count: number) => void,
  ): Pick<IndexManifest, "corpus" | "terms"> & { readonly runs: number } {
    if (!this.#run.isEmpty) this.#writeRun();
    const digest = this.#corpus.finish();
    const table = this.#documents.finish();
    const mostRows = Math.max(keptRows, Math.floor(share * this.rowCount));
    const terms = { indexed: 0, left_out: 0, most_rows: mostRows };
    const termTable = new TermTableWriter(this.#database);
    this.#writeFile("postings.bin", (writer) =>
      mergeRuns(this.#runs, writer, (term) => {
        termTable.add(term);
        if (term.rows > 0) terms.indexed++;
        else terms.left_out++;
      }, { firstRows: table.firstRows, mostRows, onTerms }));
    termTable.finish();
    this.#writeFile("documents.bin", (writer) => {
      for (const part of encodeDocumentTable(table)) writer.putBytes(part);
    });
    this.#database.exec("COMMIT");
    this.#database.close();
    using file = Deno.openSync(join(this.#folder, "corpus.sqlite"), { read: true, write: true });
    file.syncSync();
    for (const path of this.#runs) Deno.removeSync(path);
    return {
      corpus: {
        sha256: digest,
        laws: this.#corpus.lawCount,
        units: this.#corpus.unitCount,
        rows: this.#corpus.rowCount,
        cut_rows: this.#cutRows,
        largest_block_bytes: this.#corpus.largestBlockBytes,
      },
      terms,
      runs: this.#runs.length,
    };
  }

  /** Lets the files go. Safe after {@linkcode finish}. */
  close(): void {
    try {
      this.#database.close();
    } catch {
      // It is closed already, or what it could not write is thrown away with its folder.
    }
  }

  #writeRun(): void {
    const path = join(this.#folder, `run-${this.#runs.length}`);
    this.#run.writeTo(path);
    this.#runs.push(path);
  }

  #writeFile(name: string, fill: (writer: ByteWriter) => void): void {
    const writer = new ByteWriter(join(this.#folder, name));
    try {
      fill(writer);
    } catch (error) {
      writer.abandon();
      throw error;
    }
    writer.finish(true);
  }
}
