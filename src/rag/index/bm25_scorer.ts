import { inverseDocumentFrequency } from "./inverse_document_frequency.ts";
import type { Bm25Parameters } from "./bm25_parameters.ts";
import type { DocumentTable } from "./document_table.ts";
import { countBigrams } from "./law_bigrams.ts";
import { LONGEST_POSTING_BYTES, PostingList } from "./postings.ts";
import type { TermEntry, TermTable } from "./term_table.ts";

/** Longest length of a document: what a table of 16 bits holds. */
const LONGEST_DOCUMENT = 0xffff;

/**
 * Scores every row of the corpus by BM25 over two weighted fields, the row's text and the heading of
 * its unit (BM25F with one length normalisation: Robertson, Zaragoza and Taylor, "Simple BM25
 * extension to multiple weighted fields", CIKM 2004; with the idf of Lucene, which is never
 * negative, and the query's k3 of Robertson et al., "Okapi at TREC-3", 1994):
 *
 *     score(r) = Σ_t  ln(1 + (N − n_t + ½) / (n_t + ½))
 *                     · f (k1 + 1) / (f + k1 (1 − b + b · l / l̄)) · q_t (k3 + 1) / (q_t + k3)
 *
 * with t over the terms of the query, q_t how often t is in it, f = occurrences of t in the row's
 * text + headingWeight · those in its unit's heading, l the row's length counted in the same way
 * (at most 65,535), l̄ its mean, N the number of rows and n_t that of rows with f > 0. A list that
 * the index left out because it stands for too many rows counts in l only.
 *
 * Terms are taken one after the other, each from one piece of the file of postings.
 */
export class Bm25Scorer {
  readonly #firstRows: Uint32Array;
  readonly #terms: TermTable;
  readonly #postings: Deno.FsFile;
  readonly #postingsBytes: number;
  readonly #parameters: Bm25Parameters;
  readonly #lengths: Uint16Array;
  readonly #meanLength: number;
  readonly #scores: Float64Array;
  readonly #units = new PostingList();
  readonly #rows = new PostingList();
  #buffer = new Uint8Array(1 << 16);

  /** @param postings stays the caller's to close. */
  constructor(
    { firstRows, bodyLengths, headingLengths }: DocumentTable,
    terms: TermTable,
    postings: { readonly file: Deno.FsFile; readonly sizeBytes: number },
    parameters: Bm25Parameters,
  ) {
    this.#firstRows = firstRows;
    this.#terms = terms;
    this.#postings = postings.file;
    this.#postingsBytes = postings.sizeBytes;
    this.#parameters = parameters;
    this.#lengths = bodyLengths.slice();
    let sum = 0;
    for (let unit = 0; unit < headingLengths.length; unit++) {
      const added = parameters.headingWeight * headingLengths[unit]!;
      for (let row = firstRows[unit]!; row < firstRows[unit + 1]!; row++) {
        sum += this.#lengths[row] = Math.min(bodyLengths[row]! + added, LONGEST_DOCUMENT);
      }
    }
    this.#meanLength = Math.max(sum, 1) / bodyLengths.length;
    this.#scores = new Float64Array(bodyLengths.length);
  }

  /**
   * The score of every row; 0 where the row shares no term with the query.
   * @returns an array that the next call uses again.
   * @throws {Error} where the index is damaged.
   */
  score(query: string): Float64Array {
    const counts = countBigrams(query);
    const entries = this.#terms.lookUp([...counts.keys()].sort((a, b) => a - b));
    this.#scores.fill(0);
    for (const entry of entries) {
      if (entry.rows > 0) this.#addTerm(entry, counts.get(entry.key)!);
    }
    return this.#scores;
  }

  #addTerm(entry: TermEntry, inQuery: number): void {
    const { rows, bodyBytes, headingBytes } = entry;
    const rowCount = this.#scores.length;
    const unitCount = this.#firstRows.length - 1;
    if (
      rows > rowCount || bodyBytes > rows * LONGEST_POSTING_BYTES ||
      headingBytes > rows * LONGEST_POSTING_BYTES
    ) throw new Error("a term has more postings than there are rows");
    const { k1, k3 } = this.#parameters;
    const idf = inverseDocumentFrequency(rowCount, rows);
    const weight = idf * (k1 + 1) * inQuery * (k3 + 1) / (inQuery + k3);
    const bytes = this.#read(entry);
    this.#rows.decode(bytes, 0, bodyBytes, rowCount);
    this.#units.decode(bytes, bodyBytes, bodyBytes + headingBytes, unitCount);
    const found = headingBytes === 0 ? this.#addBody(weight) : this.#addBoth(weight);
    if (found !== rows) {
      throw new Error("a term has another number of rows than its table says");
    }
  }

  /** Adds a term that no heading has; gives the number of rows. */
  #addBody(weight: number): number {
    this.#addRows(weight, 0, this.#rows.length);
    return this.#rows.length;
  }

  /** Adds a stretch of the list of rows. */
  #addRows(weight: number, start: number, end: number): void {
    const scores = this.#scores;
    const lengths = this.#lengths;
    const { documents, occurrences } = this.#rows;
    const [fixed, slope] = this.#normalisation();
    for (let at = start; at < end; at++) {
      const row = documents[at]!;
      const f = occurrences[at]!;
      scores[row]! += weight * f / (f + fixed + slope * lengths[row]!);
    }
  }

  /** Adds a term that stands in texts and in headings; gives the number of rows. */
  #addBoth(weight: number): number {
    const scores = this.#scores;
    const lengths = this.#lengths;
    const firstRows = this.#firstRows;
    const { headingWeight } = this.#parameters;
    const rows = this.#rows;
    const units = this.#units;
    const [fixed, slope] = this.#normalisation();
    let count = 0;
    let at = 0;
    for (let next = 0; next < units.length; next++) {
      const unit = units.documents[next]!;
      const start = firstRows[unit]!;
      const end = firstRows[unit + 1]!;
      const before = at;
      while (at < rows.length && rows.documents[at]! < start) at++;
      this.#addRows(weight, before, at);
      count += at - before + end - start;
      const inHeading = headingWeight * units.occurrences[next]!;
      for (let row = start; row < end; row++) {
        let f = inHeading;
        if (at < rows.length && rows.documents[at] === row) f += rows.occurrences[at++]!;
        scores[row]! += weight * f / (f + fixed + slope * lengths[row]!);
      }
    }
    this.#addRows(weight, at, rows.length);
    return count + rows.length - at;
  }

  /** k1 (1 − b + b · l / l̄) is the first of these, plus the second times l. */
  #normalisation(): [fixed: number, slope: number] {
    const { k1, b } = this.#parameters;
    return [k1 * (1 - b), k1 * b / this.#meanLength];
  }

  /** Reads a term's lists into the buffer. */
  #read({ offset, bodyBytes, headingBytes }: TermEntry): Uint8Array {
    const length = bodyBytes + headingBytes;
    if (offset + length > this.#postingsBytes) {
      throw new Error("a term has its postings behind the end of their file");
    }
    if (length > this.#buffer.length) this.#buffer = new Uint8Array(length * 2);
    this.#postings.seekSync(offset, Deno.SeekMode.Start);
    for (let done = 0; done < length;) {
      const count = this.#postings.readSync(this.#buffer.subarray(done, length));
      if (count === null) throw new Error("the file of postings ends too early");
      done += count;
    }
    return this.#buffer;
  }
}
