/**
 * How much a term tells, as in BM25: ln(1 + (N - n + 0.5) / (n + 0.5)). In single precision, as Lucene
 * has it: JavaScript engines differ in a logarithm's last bits, and the same search shall give the same
 * scores with each.
 * Source: S. Robertson, H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009;
 * the 1 within the logarithm, which keeps it above 0, is Lucene's.
 * @param documents how many there are: N.
 * @param found how many have the term: n.
 */
export function inverseDocumentFrequency(documents: number, found: number): number {
  return Math.fround(Math.log(1 + (documents - found + 0.5) / (found + 0.5)));
}
