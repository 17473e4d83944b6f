import type { Standing } from "./citation.ts";

/** Before a citation on a line of its own: the letter or number of a choice. */
const BEFORE = /^ *(?:[a-zA-Zア-エ0-9①-⑨]{1,2}[ .:)、]{1,3}|[・-] ?)? *「?$/;
/** Behind it. */
const AFTER = /^(?:本文|ただし書|但し?書|[前後]段|各号|柱書)?[」 。.、]*$/;
/** What stands before or behind a citation of its own is shorter than this. */
const LONGEST_REST = 12;

/** Tells where in a text citations stand; asked in the order of the text, it reads each line once. */
export class LineReader {
  #start = 0;
  #end: number;
  #line = 0;

  /** @param text after foldWidth. */
  constructor(private readonly text: string) {
    this.#end = this.#endOfLine(0);
  }

  /** @param start of the law's name, or of the place where no law is named. */
  standing(start: number, end: number): Standing {
    while (end > this.#end) {
      this.#start = this.#end + 1;
      this.#line++;
      this.#end = this.#endOfLine(this.#start);
    }
    if (this.#isAlone(start, end)) return "alone";
    return this.#start === 0 ? "first" : "later";
  }

  /** The number, from 0, of the line that was asked about last. */
  get line(): number {
    return this.#line;
  }

  #isAlone(start: number, end: number): boolean {
    if (start < this.#start || start - this.#start > LONGEST_REST) return false;
    if (this.#end - end > LONGEST_REST) return false;
    return BEFORE.test(this.text.slice(this.#start, start)) &&
      AFTER.test(this.text.slice(end, this.#end));
  }

  #endOfLine(start: number): number {
    const end = this.text.indexOf("\n", start);
    return end < 0 ? this.text.length : end;
  }
}
