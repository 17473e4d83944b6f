/** An amount of text, counted in two ways. */
export interface TextCount {
  /** Text nodes of the XML that are not blank. */
  pieces: number;
  /** UTF-16 code units that are not white space. */
  characters: number;
}

/**
 * Says where every piece of a law's text went, so that a loss can't stay silent:
 * found = in rows + in titles + skipped. What was found is counted where the parser hands text over.
 * Characters in rows are counted in the finished rows, not where text was put into them, so that
 * the two sides of the sum come from different places.
 */
export class TextAccount {
  readonly found: TextCount = { pieces: 0, characters: 0 };
  readonly inRows: TextCount = { pieces: 0, characters: 0 };
  /** Numbers, titles, captions, headings: what stands beside rows. */
  readonly inTitles: TextCount = { pieces: 0, characters: 0 };
  /** By the name of what is left out: `TOC`, `Rt`, … */
  readonly skipped = new Map<string, TextCount>();

  /** Text of the law, as the parser gave it. */
  find(text: string): void {
    add(this.found, text);
  }

  /** A piece that was put into a row; its characters are counted by {@linkcode finishRow}. */
  putIntoRow(text: string): void {
    if (hasText(text)) this.inRows.pieces++;
  }

  /** A finished row. */
  finishRow(text: string): void {
    this.inRows.characters += countCharacters(text);
  }

  /** Amounts that stand in titles now. */
  putIntoTitles(count: TextCount): void {
    addCount(this.inTitles, count);
  }

  /** Amounts that are left out under a name. */
  skip(name: string, count: TextCount): void {
    if (count.pieces === 0) return;
    const total = this.skipped.get(name) ?? { pieces: 0, characters: 0 };
    this.skipped.set(name, total);
    addCount(total, count);
  }

  /** Adds another law's account. */
  addAll(other: TextAccount): void {
    addCount(this.found, other.found);
    addCount(this.inRows, other.inRows);
    addCount(this.inTitles, other.inTitles);
    for (const [name, count] of other.skipped) this.skip(name, count);
  }

  /** Found minus everything that is accounted for: zero in both, or text was lost or doubled. */
  get unaccounted(): TextCount {
    const rest = { ...this.found };
    for (const { pieces, characters } of [this.inRows, this.inTitles, ...this.skipped.values()]) {
      rest.pieces -= pieces;
      rest.characters -= characters;
    }
    return rest;
  }
}

/** The amount of one text node. */
export function countText(text: string): TextCount {
  const characters = countCharacters(text);
  return { pieces: characters > 0 ? 1 : 0, characters };
}

/** Adds an amount to another. */
export function addCount(total: TextCount, { pieces, characters }: TextCount): void {
  total.pieces += pieces;
  total.characters += characters;
}

function add(total: TextCount, text: string): void {
  addCount(total, countText(text));
}

function hasText(text: string): boolean {
  return /\S/.test(text);
}

/** Code units that are no white space as `\s` and `trim` understand it. */
export function countCharacters(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isSpace(text.charCodeAt(i))) count++;
  }
  return count;
}

/** One comparison for nearly all of Japanese text: this runs over every character of the corpus. */
function isSpace(code: number): boolean {
  if (code > 0x3000 && code < 0xfeff) return false;
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x3000 || code === 0xa0 ||
    code === 0xfeff || code === 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f;
}
