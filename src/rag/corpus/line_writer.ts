/** Puts pieces of text together to lines, without empty lines and without spaces around them. */
export class LineWriter {
  #lines: string[] = [];
  #current = "";
  #gap = "";
  #cells = 0;

  /** Adds to the current line. Line breaks in the XML's own text are layout, not text. */
  write(text: string): void {
    const tidy = joinLayoutLines(text);
    if (tidy === "") return;
    if (this.#current !== "" && tidy.trim() !== "") this.#current += this.#gap;
    if (tidy.trim() !== "") this.#gap = "";
    this.#current += tidy;
  }

  /** Puts a full-width space between what was written and what comes next in the line. */
  separate(): void {
    this.#gap = "　";
  }

  /** Ends the line; in a table's cell it only separates, because a table row stays one line. */
  breakLine(): void {
    if (this.#cells > 0) return this.separate();
    const line = this.#current.trim();
    if (line !== "") this.#lines.push(line);
    this.#current = "";
    this.#gap = "";
  }

  /** What `write` writes belongs to one cell of a table. */
  cell(write: () => void): void {
    this.separate();
    this.#cells++;
    try {
      write();
    } finally {
      this.#cells--;
    }
    this.separate();
  }

  /** True where the current line ends with a full stop, or nothing stands in it. */
  get isAtSentenceEnd(): boolean {
    return this.#current === "" || /[。「『（]\s*$/.test(this.#current.slice(-3));
  }

  /** Gives the lines and starts anew. */
  take(): string[] {
    this.breakLine();
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}

/** Words of Latin letters that a line break separates stay apart; Japanese text is joined. */
export function joinLayoutLines(text: string): string {
  if (!/[\n\r\t\u2028\u2029]/.test(text)) return text;
  return text.replace(/([\x21-\x7e])\s*[\n\r\t\u2028\u2029]\s*(?=[\x21-\x7e])/g, "$1 ")
    .replace(/\s*[\n\r\t\u2028\u2029]\s*/g, "");
}
