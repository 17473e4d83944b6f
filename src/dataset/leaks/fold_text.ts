/**
 * A text as leaks are looked for: NFKC, lower case, only letters, marks and digits. What differs in
 * width, spaces, line breaks or punctuation alone is the same text then.
 */
export function foldText(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
}
