import { DEFAULT_BM25 } from "../index/bm25_parameters.ts";
import type { CorpusStore, StoredUnit } from "../index/corpus_store.ts";
import { bigramRuns } from "./bigram_runs.ts";

/** Rows by their numbers, the end not included. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Rows in the form of a `_bulk` request: two lines of JSON each. */
export interface RowBatch {
  readonly rows: readonly { readonly row: number; readonly lines: string }[];
  /** Size in UTF-8, about. */
  readonly sizeBytes: number;
}

/**
 * The rows of some ranges in batches of about a size. A row stands with its own terms and, as often
 * as the heading weighs, those of its heading: one field of added frequencies and lengths, as the
 * local index scores them (BM25F).
 * @param batchBytes a single row may be larger.
 */
export function* rowBatches(
  store: CorpusStore,
  ranges: Iterable<RowRange>,
  batchBytes: number,
): Generator<RowBatch> {
  let rows: { row: number; lines: string }[] = [];
  let sizeBytes = 0;
  for (const { row, lines } of rowDocuments(store, ranges)) {
    const addedBytes = utf8Length(lines);
    if (rows.length > 0 && sizeBytes + addedBytes > batchBytes) {
      yield { rows, sizeBytes };
      rows = [];
      sizeBytes = 0;
    }
    rows.push({ row, lines });
    sizeBytes += addedBytes;
  }
  if (rows.length > 0) yield { rows, sizeBytes };
}

function* rowDocuments(store: CorpusStore, ranges: Iterable<RowRange>) {
  for (const { start, end } of ranges) {
    for (let row = start; row < end;) {
      const unit = store.unit(store.row(row).unit);
      const heading = headingRuns(store, unit);
      for (const stored of store.rowsOf(unit.unit)) {
        if (stored.row < row || stored.row >= end) continue;
        const document = {
          row: stored.row,
          unit: unit.unit,
          terms: [...bigramRuns(stored.text), ...heading],
        };
        const action = { index: { _id: String(stored.row) } };
        yield {
          row: stored.row,
          lines: `${JSON.stringify(action)}\n${JSON.stringify(document)}\n`,
        };
      }
      row = unit.firstRow + unit.rowCount;
    }
  }
}

/** The local index's heading of a unit: the law's names, the article's number and caption. */
function headingRuns(store: CorpusStore, unit: StoredUnit): string[] {
  const abbreviations = store.law(unit.lawId)?.abbreviations ?? [];
  const heading = [unit.lawTitle, ...abbreviations, unit.title, unit.caption].join("\n");
  const runs = bigramRuns(heading);
  return Array.from({ length: DEFAULT_BM25.headingWeight }, () => runs).flat();
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) length += 2;
  return length;
}
