import type { Law } from "./law.ts";
import { TextAccount } from "./text_account.ts";

/** What a corpus gave so far; every number is final once all laws were read. */
export interface CorpusCounts {
  /** Law files that were found, or laws in a JSONL file. found = laws + skipped. */
  found: number;
  laws: number;
  /** Files or laws that gave none, by reason. */
  readonly skipped: Map<string, number>;
  /** Files that are no laws, by ending. */
  others: ReadonlyMap<string, number>;
  units: number;
  /** Units with a number outside appendices. */
  articles: number;
  /** Units that are 削除. */
  deleted: number;
  rows: number;
  /** Lines of a JSONL file: found = rows + skipped. Zero for XML. */
  lines: number;
  readonly skippedLines: Map<string, number>;
  /** Where the text of the laws that were read went. Empty for a JSONL file. */
  readonly text: TextAccount;
}

/** How far the reading of a corpus is. */
export interface CorpusProgress {
  readonly doneBytes: number;
  /** Uncompressed bytes of all files that will be read. */
  readonly totalBytes: number;
}

/** Laws in a folder, an archive or a file, to be read once, one after the other. */
export interface Corpus {
  /** As it was given. */
  readonly path: string;
  readonly kind: "folder" | "zip" | "file" | "jsonl";
  readonly counts: CorpusCounts;
  /**
   * The laws, each once, one in memory at a time; of XML files in the order of law ids wherever they
   * lie, of a JSONL file in its own. What can't be read is reported, counted and left out.
   * @throws {CannotContinueError} when the disk or the archive fails.
   */
  laws(): AsyncGenerator<Law>;
  /**
   * SHA-256 (hex) of what was read: law ids and digests of the XML files, by law id, wherever they
   * lay; or the JSONL file. Whole after the last law.
   */
  digest(): string;
  close(): Promise<void>;
}

/** Counts of a corpus of which nothing was read. */
export function emptyCounts(): CorpusCounts {
  return {
    found: 0,
    laws: 0,
    skipped: new Map(),
    others: new Map(),
    units: 0,
    articles: 0,
    deleted: 0,
    rows: 0,
    lines: 0,
    skippedLines: new Map(),
    text: new TextAccount(),
  };
}

/** Adds a law to the counts. */
export function countLaw(counts: CorpusCounts, { units }: Law): void {
  counts.laws++;
  counts.units += units.length;
  for (const { provision, num, isDeleted, rows } of units) {
    if (provision !== "appendix" && num !== undefined) counts.articles++;
    if (isDeleted) counts.deleted++;
    counts.rows += rows.length;
  }
}

/** Adds one to a reason's count. */
export function countReason(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}
