import { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { PostingList, putVarint } from "./postings.ts";
import { FIELDS } from "./term_run.ts";

/** A term of the finished index. Its two lists follow each other in the file of postings. */
export interface MergedTerm {
  readonly key: number;
  /** Rows that are found by it; 0 where both lists were left out. */
  readonly rows: number;
  /** Length of its list of rows; 0: it is in no row's text, or in too many. */
  readonly bodyBytes: number;
  /** Length of its list of units; 0: it is in no heading, or in those of too many rows. */
  readonly headingBytes: number;
}

/** What the merge needs to know of the corpus. */
export interface MergeOptions {
  /** Number of each unit's first row, and at the end the number of rows. */
  readonly firstRows: Uint32Array;
  /** A list that stands for more rows is left out. */
  readonly mostRows: number;
  /** Called now and then; may throw to stop. */
  readonly onTerms?: (count: number) => void;
}

/**
 * Merges sorted runs into one file of postings. The runs' documents follow each other, so a merged
 * list is their lists joined, with the first distance of each counted from the one before.
 * @param onTerm called for every term, in rising order of keys.
 */
export function mergeRuns(
  paths: readonly string[],
  postings: ByteWriter,
  onTerm: (term: MergedTerm) => void,
  { firstRows, mostRows, onTerms }: MergeOptions,
): void {
  const runs: RunReader[] = [];
  try {
    for (const path of paths) runs.push(new RunReader(path));
    const unitCount = firstRows.length - 1;
    const rowCount = firstRows[unitCount]!;
    const body = new JoinedList();
    const heading = new JoinedList();
    for (let count = 1;; count++) {
      const smallest = Math.min(...runs.map((run) => run.key));
      if (smallest === Infinity) return;
      const key = Math.floor(smallest / 2);
      body.take(runs, key * 2 + FIELDS.body, mostRows);
      heading.take(runs, key * 2 + FIELDS.heading, mostRows);
      if (headingRows(heading, firstRows) > mostRows) heading.clear();
      onTerm({
        key,
        rows: countRows(body, heading, firstRows, rowCount),
        bodyBytes: body.length,
        headingBytes: heading.length,
      });
      postings.putBytes(body.bytes.subarray(0, body.length));
      postings.putBytes(heading.bytes.subarray(0, heading.length));
      if (count % 10_000 === 0) onTerms?.(count);
    }
  } finally {
    for (const run of runs) run.close();
  }
}

/** One run, list after list. */
class RunReader {
  /** Key of the list that comes next; Infinity at the end. */
  key = 0;
  documents = 0;
  last = 0;
  byteLength = 0;
  readonly reader: ByteReader;

  constructor(path: string) {
    this.reader = new ByteReader(path, 1 << 18);
    this.advance();
  }

  /** Reads what stands before the bytes of the next list. */
  advance(): void {
    if (this.reader.isAtEnd()) {
      this.key = Infinity;
      return;
    }
    this.key += this.reader.takeNumber();
    this.documents = this.reader.takeNumber();
    this.last = this.reader.takeNumber();
    this.byteLength = this.reader.takeNumber();
  }

  close(): void {
    this.reader.close();
  }
}

/** A list joined from the runs that have a part of it. */
class JoinedList {
  bytes = new Uint8Array(1 << 16);
  length = 0;
  documents = 0;

  clear(): void {
    this.length = 0;
    this.documents = 0;
  }

  /** Takes the list from every run that stands at this key; empty if it has too many documents. */
  take(runs: readonly RunReader[], key: number, mostDocuments: number): void {
    this.clear();
    let documents = 0;
    for (const run of runs) if (run.key === key) documents += run.documents;
    let last = 0;
    for (const run of runs) {
      if (run.key !== key) continue;
      if (documents > mostDocuments) run.reader.skip(run.byteLength);
      else this.#append(run, last);
      last = run.last;
      run.advance();
    }
    if (documents <= mostDocuments) this.documents = documents;
  }

  #append({ reader, byteLength }: RunReader, last: number): void {
    const needed = this.length + byteLength + 5;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    // The first number holds the first document, counted from 0.
    const word = reader.takeNumber();
    const rest = byteLength - putVarint(this.bytes, this.length, word) + this.length;
    this.length = putVarint(this.bytes, this.length, word - last * 2);
    reader.takeBytes(this.bytes.subarray(this.length, this.length + rest));
    this.length += rest;
  }
}

const units = new PostingList();
const rows = new PostingList();

/** How many rows stand below the units of a list. */
function headingRows(heading: JoinedList, firstRows: Uint32Array): number {
  let count = 0;
  units.decode(heading.bytes, 0, heading.length, firstRows.length - 1);
  for (let at = 0; at < units.length; at++) {
    const unit = units.documents[at]!;
    count += firstRows[unit + 1]! - firstRows[unit]!;
  }
  return count;
}

/** How many rows are found by a term, in their text or their heading. */
function countRows(
  body: JoinedList,
  heading: JoinedList,
  firstRows: Uint32Array,
  rowCount: number,
): number {
  if (heading.length === 0) return body.documents;
  let count = headingRows(heading, firstRows);
  rows.decode(body.bytes, 0, body.length, rowCount);
  let at = 0;
  for (let next = 0; next < rows.length; next++) {
    const row = rows.documents[next]!;
    // Goes on to the first unit that does not end before the row.
    while (at < units.length && firstRows[units.documents[at]! + 1]! <= row) at++;
    if (at === units.length || row < firstRows[units.documents[at]!]!) count++;
  }
  return count;
}
