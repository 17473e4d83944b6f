import { z } from "zod";

/** How BM25 weighs; see {@linkcode Bm25Scorer} for the formula. */
export const bm25ParametersSchema = z.strictObject({
  /** How slowly further occurrences of a term add less. */
  k1: z.number().nonnegative(),
  /** How much long texts are held back: 0 not at all, 1 in full. */
  b: z.number().min(0).max(1),
  /** How slowly repetitions of a term in the query add less; 0: they add nothing. */
  k3: z.number().nonnegative(),
  /** How many occurrences in the text one in the heading is worth. */
  headingWeight: z.number().int().min(1).max(100),
});

/** How BM25 weighs. */
export type Bm25Parameters = Readonly<z.infer<typeof bm25ParametersSchema>>;

/**
 * k1 and b as usual (Robertson and Zaragoza 2009 give 1.2–2 and 0.5–0.8). The other two were tried
 * on the questions of lawqa_jp, where values around these differ by a question or two.
 */
export const DEFAULT_BM25: Bm25Parameters = { k1: 1.2, b: 0.75, k3: 1, headingWeight: 2 };
