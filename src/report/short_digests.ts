/** A text with its digests cut to their beginning, which is enough to tell them apart. */
export function shortDigests(text: string): string {
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{28,}\b/g, "$1…");
}
