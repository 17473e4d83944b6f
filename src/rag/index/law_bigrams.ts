import { normaliseLawText } from "./normalise_law_text.ts";

/**
 * A term: two neighbouring symbols in one number, `first * 2^21 + second`, below 2^42. A symbol is a
 * code point, or one of its own for a whole number; the second is 0 for a symbol that stands alone.
 */
export type TermKey = number;

/** Bits of a symbol. */
const SYMBOL_BITS = 21;
/** Every term key is below this. */
export const TERM_KEYS = 2 ** (2 * SYMBOL_BITS);
/** Symbols of numbers follow the last code point. */
const FIRST_NUMBER = 0x110000;
/** Longer ones are amounts and dates in digits; they go in digit by digit. */
const LONGEST_NUMBER = 5;
const ZERO = 0x30;

/** The key of two symbols. */
export const termKey = (first: number, second: number): TermKey =>
  first * 2 ** SYMBOL_BITS + second;

const isWord = (codePoint: number) => /[\p{L}\p{N}]/u.test(String.fromCodePoint(codePoint));

/** 1 for the letters and digits of the Basic Multilingual Plane, worked out once. */
const isWordUnit = Uint8Array.from({ length: 0x10000 }, (_, unit) => Number(isWord(unit)));

/**
 * Visits every overlapping pair of symbols of a text after {@linkcode normaliseLawText}, in order,
 * as `visit(first, second)`; a symbol between two separators comes alone, with 0. Everything but
 * letters and digits separates. A number of up to five digits is one symbol, so that 第5条 and
 * 第15条 share no pair: 第15条の2 gives 第|15, 15|条, 条|の, の|2.
 * @returns how many pairs there were.
 */
export function visitBigrams(
  text: string,
  visit: (first: number, second: number) => void,
): number {
  const normalised = normaliseLawText(text);
  let count = 0;
  let previous = 0;
  let isAlone = false;
  const separate = () => {
    if (isAlone) {
      visit(previous, 0);
      count++;
    }
    previous = 0;
    isAlone = false;
  };
  const add = (symbol: number) => {
    isAlone = previous === 0;
    if (!isAlone) {
      visit(previous, symbol);
      count++;
    }
    previous = symbol;
  };
  for (let at = 0; at < normalised.length; at++) {
    const unit = normalised.charCodeAt(at);
    if (isDigit(unit)) {
      at = addNumber(normalised, at, add) - 1;
    } else if (unit >= 0xd800 && unit < 0xdc00) {
      const codePoint = normalised.codePointAt(at)!;
      if (codePoint > 0xffff) at++;
      if (codePoint > 0xffff && isWord(codePoint)) add(codePoint);
      else separate();
    } else if (isWordUnit[unit] === 1) {
      add(unit);
    } else {
      separate();
    }
  }
  separate();
  return count;
}

const isDigit = (unit: number) => unit >= ZERO && unit < ZERO + 10;

/** Adds the digits that begin at a place; gives the place behind them. */
function addNumber(text: string, start: number, add: (symbol: number) => void): number {
  let end = start;
  let value = 0;
  for (; end < text.length && isDigit(text.charCodeAt(end)); end++) {
    value = value * 10 + text.charCodeAt(end) - ZERO;
  }
  const length = end - start;
  const hasLeadingZero = length > 1 && text.charCodeAt(start) === ZERO;
  if (length <= LONGEST_NUMBER && !hasLeadingZero) add(FIRST_NUMBER + value);
  else for (let at = start; at < end; at++) add(text.charCodeAt(at));
  return end;
}

/** How often each term occurs in a text. */
export function countBigrams(text: string): Map<TermKey, number> {
  const counts = new Map<TermKey, number>();
  visitBigrams(text, (first, second) => {
    const key = termKey(first, second);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return counts;
}
