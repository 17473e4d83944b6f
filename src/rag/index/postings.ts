/*
 * A list of postings: for each document in rising order the distance from the one before (from 0 for
 * the first), doubled, plus 1 where the term occurs once; else the number of occurrences less 2
 * follows. Numbers are in groups of 7 bits, the lowest first, the top bit set in all but the last.
 */

/** Documents must be below this, so that a doubled distance is a positive 32-bit number. */
export const MOST_DOCUMENTS = 2 ** 30;

/** Occurrences of a term in a document must not be more. */
export const MOST_OCCURRENCES = 0xffff;

/** The longest a posting can be: a doubled distance and a number of occurrences. */
export const LONGEST_POSTING_BYTES = 5 + 3;

/** Writes a number to an array; gives the place behind it. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = rest & 0x7f | 0x80;
  bytes[at++] = rest;
  return at;
}

/** Writes one posting; gives the place behind it. */
export function putPosting(
  bytes: Uint8Array,
  at: number,
  distance: number,
  occurrences: number,
): number {
  if (occurrences === 1) return putVarint(bytes, at, distance * 2 + 1);
  return putVarint(bytes, putVarint(bytes, at, distance * 2), occurrences - 2);
}

/** A list of postings, decoded. It keeps its arrays for the next list. */
export class PostingList {
  /** Documents, rising; the first `length` count. */
  documents: Int32Array = new Int32Array(1024);
  /** How often the term occurs in each. */
  occurrences: Int32Array = new Int32Array(1024);
  length = 0;

  /**
   * Decodes the list that fills `bytes` from `start` to `end`.
   * @throws {Error} where the bytes are no list of postings, or one of other documents.
   */
  decode(bytes: Uint8Array, start: number, end: number, documentCount: number): void {
    this.length = 0;
    // A posting has a byte at least.
    if (end - start > this.documents.length) {
      this.documents = new Int32Array(2 * (end - start));
      this.occurrences = new Int32Array(2 * (end - start));
    }
    const { documents, occurrences } = this;
    let length = 0;
    let document = 0;
    for (let at = start; at < end; length++) {
      let word = bytes[at++]!;
      if (word >= 0x80) {
        word &= 0x7f;
        for (let shift = 7;; shift += 7) {
          if (at >= end || shift > 28) throw new Error("a list of postings breaks off");
          const byte = bytes[at++]!;
          word |= (byte & 0x7f) << shift;
          if (byte < 0x80) break;
        }
      }
      const distance = word >>> 1;
      document += distance;
      if (document >= documentCount || distance === 0 && length > 0) {
        throw new Error("a posting names a document that can't be there");
      }
      let count = 1;
      if ((word & 1) === 0) {
        count = 0;
        for (let shift = 0;; shift += 7) {
          if (at >= end || shift > 14) throw new Error("a list of postings breaks off");
          const byte = bytes[at++]!;
          count |= (byte & 0x7f) << shift;
          if (byte < 0x80) break;
        }
        count += 2;
      }
      documents[length] = document;
      occurrences[length] = count;
    }
    this.length = length;
  }
}
