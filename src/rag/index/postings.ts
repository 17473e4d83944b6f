/*
 * A list of postings: for each document in rising order the distance from the one before (from 0 for
 * the first), doubled, plus 1 where the term occurs once; else the number of occurrences less 2
 * follows. Numbers are in groups of 7 bits, the lowest first, the top bit set in all but the last.
 */

/** Documents must be below this, so that a doubled distance is a positive 32-bit number. */
export const MOST_DOCUMENTS = 2 ** 30;

/** The longest a posting can be. */
export const LONGEST_POSTING_BYTES = 10;

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

/** Walks through a list of postings that may be damaged. */
export class PostingCursor {
  /** The document that {@linkcode next} came to; -1 before the first. */
  document = -1;
  /** How often the term occurs in it. */
  occurrences = 0;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;
  #documentCount = 0;

  /** Begins a list that fills `bytes` from `start` to `end`. */
  open(bytes: Uint8Array, start: number, end: number, documentCount: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#documentCount = documentCount;
    this.document = -1;
    this.occurrences = 0;
  }

  /**
   * Goes to the next posting; false at the end of the list.
   * @throws {Error} where the bytes are no list of postings.
   */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const word = this.#takeVarint();
    const distance = word >>> 1;
    const document = this.document < 0 ? distance : this.document + distance;
    if (document >= this.#documentCount || document === this.document) {
      throw new Error("a posting names a document that can't be there");
    }
    this.document = document;
    this.occurrences = (word & 1) === 1 ? 1 : this.#takeVarint() + 2;
    return true;
  }

  #takeVarint(): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      if (this.#at >= this.#end) throw new Error("a list of postings breaks off");
      const byte = bytes[this.#at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new Error("a number in a list of postings is too long");
  }
}
