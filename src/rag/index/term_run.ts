import { ByteWriter } from "./byte_writer.ts";
import { LONGEST_POSTING_BYTES, MOST_OCCURRENCES, putPosting } from "./postings.ts";

/** Which text of a document a term stands in. */
export const FIELDS = { body: 0, heading: 1 } as const;
/** 0: the row's own text; 1: the law's title and the heading of the unit. */
export type Field = (typeof FIELDS)[keyof typeof FIELDS];

// What is known of a list, in one stretch of numbers: its key in two parts, how many documents, the
// last document with its distance and occurrences (not yet written), where to write on, the room left.
const KEY_FIRST = 0, KEY_SECOND = 1, DOCUMENTS = 2, LAST = 3;
const DISTANCE = 4, OCCURRENCES = 5, WRITE_AT = 6, ROOM = 7, STRIDE = 8;

// A chunk: its length in 2 bytes, its bytes, and where the next one is (0: nowhere) in 4.
const LENGTH_BYTES = 2;
const LINK_BYTES = 4;
const SHORTEST_CHUNK_BYTES = 8;
const LONGEST_CHUNK_BYTES = 128;

/** Room for whatever one document can add. */
const RESERVE_BYTES = MOST_OCCURRENCES *
  (LENGTH_BYTES + LONGEST_CHUNK_BYTES + LINK_BYTES + LONGEST_POSTING_BYTES);

/** How much a {@linkcode TermRun} may hold. */
export interface TermRunSize {
  readonly bytes: number;
  /** Most lists; a power of two. */
  readonly lists: number;
  /** Most postings: for tests that want many runs. */
  readonly postings?: number;
}

/**
 * Gathers postings in memory of a fixed size, document after document, to be written as one sorted
 * run (single-pass in-memory inversion: Heinz and Zobel, "Efficient single-pass index construction
 * for text databases", 2003). Lists grow in chains of chunks in one array.
 */
export class TermRun {
  readonly #lists: Int32Array;
  readonly #heads: Int32Array;
  /** Number of a list plus 1, by the hash of its key; 0: free. */
  readonly #slots: Int32Array;
  readonly #arena: Uint8Array;
  readonly #view: DataView;
  readonly #mostLists: number;
  readonly #mostPostings: number;
  readonly #scratch = new Uint8Array(2 * LONGEST_POSTING_BYTES);
  #count = 0;
  #postings = 0;
  #used = 1;

  constructor({ bytes, lists, postings = Infinity }: TermRunSize) {
    this.#mostLists = lists;
    this.#mostPostings = postings;
    this.#lists = new Int32Array(lists * STRIDE);
    this.#heads = new Int32Array(lists);
    this.#slots = new Int32Array(lists * 2);
    this.#arena = new Uint8Array(bytes + RESERVE_BYTES);
    this.#view = new DataView(this.#arena.buffer);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** True when the next document might not fit: then it is time to write. */
  get isFull(): boolean {
    return this.#count + MOST_OCCURRENCES > this.#mostLists ||
      this.#used + RESERVE_BYTES > this.#arena.length || this.#postings >= this.#mostPostings;
  }

  /**
   * Counts one occurrence, of at most {@linkcode MOST_OCCURRENCES} in one field of a document.
   * Documents must come in rising order within a field.
   */
  add(first: number, second: number, field: Field, document: number): void {
    const lists = this.#lists;
    const at = this.#find(first, second * 2 + field);
    if (lists[at + LAST] === document) {
      lists[at + OCCURRENCES]!++;
      return;
    }
    if (lists[at + DOCUMENTS]! > 0) this.#putPending(at);
    lists[at + DISTANCE] = lists[at + DOCUMENTS]! > 0 ? document - lists[at + LAST]! : document;
    this.#postings++;
    lists[at + DOCUMENTS]!++;
    lists[at + LAST] = document;
    lists[at + OCCURRENCES] = 1;
  }

  /**
   * Writes everything and begins anew: for each list its key's distance from the one before (the
   * term's key doubled, plus the field), the number of documents, the last of them, the length of
   * the list in bytes, and the list.
   */
  writeTo(path: string): void {
    const keys = new Float64Array(this.#count);
    for (let list = 0; list < this.#count; list++) {
      const first = this.#lists[list * STRIDE + KEY_FIRST]!;
      keys[list] = first * 2 ** 22 + this.#lists[list * STRIDE + KEY_SECOND]!;
    }
    keys.sort();
    const writer = new ByteWriter(path);
    try {
      let previous = 0;
      for (const key of keys) {
        const at = this.#find(Math.floor(key / 2 ** 22), key % 2 ** 22);
        writer.putNumber(key - previous);
        previous = key;
        writer.putNumber(this.#lists[at + DOCUMENTS]!);
        writer.putNumber(this.#lists[at + LAST]!);
        this.#writeList(at, writer);
      }
    } catch (error) {
      writer.abandon();
      throw error;
    }
    writer.finish(false);
    this.#slots.fill(0);
    this.#count = 0;
    this.#postings = 0;
    this.#used = 1;
  }

  /** Where a list's numbers begin; a new list is begun where there is none. */
  #find(first: number, second: number): number {
    const lists = this.#lists;
    const mask = this.#slots.length - 1;
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    let slot = (mixed ^ mixed >>> 15) & mask;
    for (let list = this.#slots[slot]!; list !== 0; list = this.#slots[slot]!) {
      const at = (list - 1) * STRIDE;
      if (lists[at + KEY_FIRST] === first && lists[at + KEY_SECOND] === second) return at;
      slot = slot + 1 & mask;
    }
    const at = this.#count * STRIDE;
    lists.fill(0, at, at + STRIDE);
    lists[at + KEY_FIRST] = first;
    lists[at + KEY_SECOND] = second;
    lists[at + LAST] = -1;
    this.#heads[this.#count] = 0;
    this.#slots[slot] = ++this.#count;
    return at;
  }

  /** Encodes the last document of a list into the scratch array; gives its length. */
  #encodePending(at: number): number {
    const lists = this.#lists;
    return putPosting(this.#scratch, 0, lists[at + DISTANCE]!, lists[at + OCCURRENCES]!);
  }

  /** Puts the last document of a list into its chunks. */
  #putPending(at: number): void {
    const lists = this.#lists;
    const length = this.#encodePending(at);
    for (let i = 0; i < length; i++) {
      if (lists[at + ROOM] === 0) this.#addChunk(at);
      this.#arena[lists[at + WRITE_AT]!++] = this.#scratch[i]!;
      lists[at + ROOM]!--;
    }
  }

  #addChunk(at: number): void {
    const list = at / STRIDE;
    const documents = this.#lists[at + DOCUMENTS]!;
    // As long as the list is so far, so that few links are followed and little is left empty.
    const bytes = Math.min(LONGEST_CHUNK_BYTES, Math.max(SHORTEST_CHUNK_BYTES, documents));
    const chunk = this.#used;
    this.#used += LENGTH_BYTES + bytes + LINK_BYTES;
    this.#view.setUint16(chunk, bytes);
    this.#view.setUint32(chunk + LENGTH_BYTES + bytes, 0);
    // The chunk before is full: its link is where the next byte would have gone.
    if (this.#heads[list] === 0) this.#heads[list] = chunk;
    else this.#view.setUint32(this.#lists[at + WRITE_AT]!, chunk);
    this.#lists[at + WRITE_AT] = chunk + LENGTH_BYTES;
    this.#lists[at + ROOM] = bytes;
  }

  /** Writes the length of a list in bytes, then its bytes, of which the last are in no chunk yet. */
  #writeList(at: number, writer: ByteWriter): void {
    const parts: Uint8Array[] = [];
    let byteLength = 0;
    for (let chunk = this.#heads[at / STRIDE]!; chunk !== 0;) {
      const bytes = this.#view.getUint16(chunk);
      const start = chunk + LENGTH_BYTES;
      chunk = this.#view.getUint32(start + bytes);
      const used = chunk === 0 ? this.#lists[at + WRITE_AT]! - start : bytes;
      parts.push(this.#arena.subarray(start, start + used));
      byteLength += used;
    }
    parts.push(this.#scratch.subarray(0, this.#encodePending(at)));
    writer.putNumber(byteLength + parts.at(-1)!.length);
    for (const part of parts) writer.putBytes(part);
  }
}
