/** A text or its start. */
export interface CutText {
  readonly text: string;
  /** Where it ends: nothing was cut, at a sentence's end, or, where one sentence is too long, inside. */
  readonly end: "whole" | "sentence" | "character";
}

/**
 * The longest start of a text that fits and ends with a sentence. A sentence ends at 。, ？, ！, at a
 * full stop before a space, and at a line's end, but not inside brackets. Only a first sentence that
 * does not fit by itself is cut inside.
 * @param fits whether a start fits; all shorter ones then fit too.
 */
export async function cutAtSentence(
  text: string,
  fits: (start: string) => boolean | Promise<boolean>,
): Promise<CutText> {
  if (await fits(text)) return { text, end: "whole" };
  const ends = sentenceEnds(text);
  const lengthOf = (count: number) => ends[count - 1] ?? 0;
  const whole = await largest(ends.length, (count) => fits(text.slice(0, lengthOf(count))));
  if (whole > 0) return { text: text.slice(0, lengthOf(whole)), end: "sentence" };
  const characters = [...text.slice(0, ends[0])];
  const kept = await largest(characters.length, (count) => fits(firstOf(characters, count)));
  return { text: firstOf(characters, kept), end: "character" };
}

function firstOf(characters: readonly string[], count: number): string {
  return characters.slice(0, count).join("");
}

/** The largest number from 1 to `most` for which it holds; 0 where it never does. */
async function largest(
  most: number,
  holds: (count: number) => boolean | Promise<boolean>,
): Promise<number> {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

const OPENING = "（(「『〔［[【";
const CLOSING = "）)」』〕］]】";

/** Lengths of the text up to each end of a sentence, rising; the text's own end is the last. */
export function sentenceEnds(text: string): number[] {
  const ends: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at]!;
    if (OPENING.includes(one)) depth++;
    else if (CLOSING.includes(one)) depth = Math.max(0, depth - 1);
    // A bracket that is never closed ends with its line.
    if (one === "\n") depth = 0;
    const isEnd = one === "\n" || depth === 0 && ("。．？！?!".includes(one) ||
          one === "." && /^\s/.test(text.slice(at + 1, at + 2)));
    if (isEnd) ends.push(at + 1);
  }
  if (text.length > 0 && ends.at(-1) !== text.length) ends.push(text.length);
  return ends;
}
