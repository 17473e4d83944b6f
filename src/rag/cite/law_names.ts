import { foldWidth } from "./fold_width.ts";
import { LAW_ABBREVIATIONS } from "./law_abbreviations.ts";
import { NUMERALS, parseKanjiNumber } from "./kanji_number.ts";
import { parseLawNumber } from "./law_number.ts";

/** What is known of a law by its name. */
export interface NamedLaw {
  readonly lawId: string;
  readonly lawNum: string;
  readonly title: string;
  readonly abbreviations: readonly string[];
}

/** A law's name in a text. */
export interface NameMention {
  /** Where it stands in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The laws of that name, in the corpus' order; more than one where titles repeat. */
  readonly lawIds: readonly string[];
}

/** Names so short that they also end other laws' names (商法 in 農商法) count only by themselves. */
const SHORT_NAME = 4;
const PART_OF_WORD = /[\p{Script=Han}\p{Script=Katakana}ー々]/u;
/** What may stand before a short name all the same: 旧薬事法, 改正民法, 現行会社法. */
const BEFORE_NAME = /(?:[旧新各]|改正[前後]?|現行|当該)$/;

/**
 * The names of all laws of a corpus: titles, the 略称 of the corpus, and common abbreviations.
 * Sorted, with for every name the longest other one that it begins with, so that the longest name at
 * a place of a text is found by binary search: 10,400 laws take a few MB and some 50 ms to build.
 */
export class LawNames {
  readonly #titles = new Map<string, string[]>();
  /** By every other name. */
  readonly #others = new Map<string, string[]>();
  /** All of them, in the order of their UTF-16 units. */
  readonly #names: string[];
  /** For each name the index of the longest other one that it begins with; -1 for none. */
  readonly #prefixes: Int32Array;
  /** The first two characters of every name. */
  readonly #beginnings = new Set<number>();
  readonly #laws = new Map<string, NamedLaw>();
  #lawsByNumber: Map<string, string> | undefined;

  constructor(laws: Iterable<NamedLaw>) {
    for (const law of laws) {
      this.#laws.set(law.lawId, law);
      push(this.#titles, foldWidth(law.title), law.lawId);
    }
    for (const { lawId, title, abbreviations } of this.#laws.values()) {
      for (const abbreviation of abbreviations) this.#add(abbreviation, lawId);
      this.#add(withDigits(title), lawId);
    }
    for (const [name, titles] of Object.entries(LAW_ABBREVIATIONS)) {
      if (this.named(name).length > 0) continue;
      const lawIds = titles.map((title) => this.named(title)).find((found) => found.length > 0);
      for (const lawId of lawIds ?? []) this.#add(name, lawId);
    }
    this.#names = [...this.#titles.keys(), ...this.#others.keys()].sort();
    this.#prefixes = findPrefixes(this.#names);
    for (const name of this.#names) this.#beginnings.add(beginningAt(name, 0));
  }

  /** Number of laws. */
  get lawCount(): number {
    return this.#laws.size;
  }

  /** The ids of all laws. */
  lawIds(): Iterable<string> {
    return this.#laws.keys();
  }

  /** @returns undefined for a law that is not in the corpus. */
  law(lawId: string): NamedLaw | undefined {
    return this.#laws.get(lawId);
  }

  /** Laws with exactly that title, 略称 or abbreviation. */
  named(name: string): readonly string[] {
    const folded = foldWidth(name);
    return this.#titles.get(folded) ?? this.#others.get(folded) ?? [];
  }

  /** The law with the first 法令番号 in a text (after foldWidth), e.g. 昭和二十三年法律第二十五号. */
  numbered(text: string): string | undefined {
    const number = parseLawNumber(text);
    if (number === undefined) return undefined;
    this.#lawsByNumber ??= new Map(
      this.#laws.values().map((
        { lawNum, lawId },
      ) => [parseLawNumber(foldWidth(lawNum)) ?? "", lawId]),
    );
    return this.#lawsByNumber.get(number);
  }

  /** Laws whose name begins with a text and goes on after it, each once. */
  beginningWith(text: string): string[] {
    const start = foldWidth(text);
    const found = new Set<string>();
    for (let i = this.#lastUpTo(start) + 1; this.#names[i]?.startsWith(start); i++) {
      for (const lawId of this.named(this.#names[i]!)) found.add(lawId);
    }
    return [...found];
  }

  /**
   * All names in a text, in order, none inside another: at each place the longest.
   * @param text after {@linkcode foldWidth}.
   */
  find(text: string): NameMention[] {
    const found: NameMention[] = [];
    for (let start = 0; start + 1 < text.length; start++) {
      if (!this.#beginnings.has(beginningAt(text, start))) continue;
      const name = this.#longestAt(text, start);
      if (name === undefined) continue;
      const end = start + name.length;
      found.push({ start, end, lawIds: this.named(name) });
      start = end - 1;
    }
    return found;
  }

  /** Gives a law another name, unless that is the title of some law. */
  #add(name: string, lawId: string): void {
    const folded = foldWidth(name);
    if (folded.length < 2 || this.#titles.has(folded)) return;
    push(this.#others, folded, lawId);
  }

  #longestAt(text: string, start: number): string | undefined {
    let index = this.#lastUpTo(text, start);
    for (; index >= 0; index = this.#prefixes[index]!) {
      const name = this.#names[index]!;
      if (text.startsWith(name, start) && standsAlone(text, start, name)) return name;
    }
    return undefined;
  }

  /** Index of the last name that is not behind the text from `start` in the order of the names. */
  #lastUpTo(text: string, start = 0): number {
    let low = -1;
    let high = this.#names.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (isUpTo(this.#names[middle]!, text, start)) low = middle;
      else high = middle;
    }
    return low;
  }
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else if (!known.includes(value)) known.push(value);
}

/** True where a name is not behind the text from `start`: equal to its beginning, or before it. */
function isUpTo(name: string, text: string, start: number): boolean {
  for (let i = 0; i < name.length; i++) {
    const other = text.charCodeAt(start + i);
    // NaN behind the text's end: the name is longer, and therefore behind.
    if (name.charCodeAt(i) !== other) return name.charCodeAt(i) < other;
  }
  return true;
}

function beginningAt(text: string, start: number): number {
  return text.charCodeAt(start) * 0x10000 + text.charCodeAt(start + 1);
}

function findPrefixes(names: readonly string[]): Int32Array {
  const prefixes = new Int32Array(names.length).fill(-1);
  for (let i = 1; i < names.length; i++) {
    let candidate = i - 1;
    while (candidate >= 0 && !names[i]!.startsWith(names[candidate]!)) {
      candidate = prefixes[candidate]!;
    }
    prefixes[i] = candidate;
  }
  return prefixes;
}

function standsAlone(text: string, start: number, name: string): boolean {
  if (name.length > SHORT_NAME || start === 0 || !PART_OF_WORD.test(text[start - 1]!)) return true;
  return BEFORE_NAME.test(text.slice(Math.max(0, start - 4), start));
}

/** 第二条 and 第六章の二 of a title in digits, as questions print them. */
function withDigits(title: string): string {
  return title.replace(
    new RegExp(`第([${NUMERALS}]{1,9})([条章])((?:の[${NUMERALS}]{1,9})*)`, "g"),
    (_, first, kind, rest) => `第${digits(first)}${kind}${rest.replace(/[^の]+/g, digits)}`,
  );
}

function digits(text: string): string {
  return String(parseKanjiNumber(text) ?? text);
}
