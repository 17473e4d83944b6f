/**
 * Overlapping pairs of characters of a text after NFKC and lower-casing; white space and
 * punctuation separate. A run of one character gives that character. For the baseline of shared
 * characters only; searches use `index/law_bigrams.ts`, which knows numbers too.
 */
export function bigrams(text: string): string[] {
  const found: string[] = [];
  for (const run of text.normalize("NFKC").toLowerCase().split(/[^\p{L}\p{N}]+/u)) {
    const characters = [...run];
    if (characters.length === 1) found.push(characters[0]!);
    for (let i = 0; i + 1 < characters.length; i++) {
      found.push(characters[i]! + characters[i + 1]!);
    }
  }
  return found;
}
