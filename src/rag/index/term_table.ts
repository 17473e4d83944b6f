import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { MergedTerm } from "./merge_runs.ts";
import { putVarint } from "./postings.ts";
import { TERM_KEYS } from "./law_bigrams.ts";

/** Where a term's postings are. */
export interface TermEntry extends MergedTerm {
  /** Where its lists begin in the file of postings. */
  readonly offset: number;
}

/** Terms lie in blocks: one row of the database would cost more than what it says of a term. */
const TERMS_A_BLOCK = 32;
/** Four numbers of at most 7 bytes. */
const LONGEST_ENTRY_BYTES = 28;

/** Writes the table of terms into a database, in rising order of keys. */
export class TermTableWriter {
  readonly #insert: StatementSync;
  readonly #block = new Uint8Array(TERMS_A_BLOCK * LONGEST_ENTRY_BYTES);
  #length = 0;
  #count = 0;
  #firstKey = 0;
  #lastKey = 0;
  #blockOffset = 0;
  #offset = 0;

  constructor(database: DatabaseSync) {
    database.exec(
      "CREATE TABLE terms (first_key INTEGER PRIMARY KEY, offset INTEGER NOT NULL, " +
        "entries BLOB NOT NULL)",
    );
    this.#insert = database.prepare("INSERT INTO terms VALUES (?, ?, ?)");
  }

  add({ key, rows, bodyBytes, headingBytes }: MergedTerm): void {
    if (this.#count === 0) {
      this.#firstKey = key;
      this.#lastKey = key;
      this.#blockOffset = this.#offset;
    }
    this.#length = putLongVarint(this.#block, this.#length, key - this.#lastKey);
    this.#length = putVarint(this.#block, this.#length, rows);
    this.#length = putVarint(this.#block, this.#length, bodyBytes);
    this.#length = putVarint(this.#block, this.#length, headingBytes);
    this.#lastKey = key;
    this.#offset += bodyBytes + headingBytes;
    if (++this.#count === TERMS_A_BLOCK) this.finish();
  }

  /** Writes the block that is not full yet. */
  finish(): void {
    if (this.#count === 0) return;
    this.#insert.run(this.#firstKey, this.#blockOffset, this.#block.slice(0, this.#length));
    this.#count = 0;
    this.#length = 0;
  }
}

/** Looks terms up. What it reads may be damaged. */
export class TermTable {
  readonly #select: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(
      "SELECT first_key, offset, entries FROM terms WHERE first_key <= ? " +
        "ORDER BY first_key DESC LIMIT 1",
    );
  }

  /**
   * The entries of those keys that are in the index, in rising order.
   * @param keys in rising order.
   * @throws {Error} where the table can't be read.
   */
  lookUp(keys: readonly number[]): TermEntry[] {
    const found: TermEntry[] = [];
    let block: BlockReader | undefined;
    for (const key of keys) {
      if (block === undefined || !block.covers(key)) {
        const row = this.#select.get(key);
        if (row === undefined) continue;
        block = new BlockReader(row);
      }
      const entry = block.find(key);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }
}

/** Goes through one block, once. */
class BlockReader {
  readonly #bytes: Uint8Array;
  /** Behind the current entry. */
  #at = 0;
  #isAtEnd = false;
  #key: number;
  #rows = 0;
  #bodyBytes = 0;
  #headingBytes = 0;
  #offset: number;

  constructor({ first_key, offset, entries }: Record<string, unknown>) {
    const isSound = typeof first_key === "number" && typeof offset === "number" && offset >= 0 &&
      entries instanceof Uint8Array && entries.length <= TERMS_A_BLOCK * LONGEST_ENTRY_BYTES;
    if (!isSound) throw new Error("a row of the table of terms is of another kind");
    this.#bytes = entries;
    this.#key = first_key;
    this.#offset = offset;
    this.#advance();
  }

  /** Goes on to a key or what follows it; false where the block ends before. */
  covers(key: number): boolean {
    while (!this.#isAtEnd && this.#key < key) this.#advance();
    return !this.#isAtEnd;
  }

  find(key: number): TermEntry | undefined {
    if (!this.covers(key) || this.#key !== key) return undefined;
    return {
      key,
      rows: this.#rows,
      bodyBytes: this.#bodyBytes,
      headingBytes: this.#headingBytes,
      offset: this.#offset,
    };
  }

  #advance(): void {
    if (this.#at >= this.#bytes.length) {
      this.#isAtEnd = true;
      return;
    }
    this.#offset += this.#bodyBytes + this.#headingBytes;
    this.#key += this.#takeNumber();
    this.#rows = this.#takeNumber();
    this.#bodyBytes = this.#takeNumber();
    this.#headingBytes = this.#takeNumber();
    if (this.#key >= TERM_KEYS) throw new Error("the table of terms holds a key that can't be");
  }

  #takeNumber(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error("the table of terms breaks off");
  }
}

/** As putVarint, for numbers of more than 32 bits. */
function putLongVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = rest % 0x80 | 0x80;
  bytes[at++] = rest;
  return at;
}
