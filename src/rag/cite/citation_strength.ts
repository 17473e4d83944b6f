import type { CitedUnit } from "./rank_cited.ts";

/**
 * How much a query is about an article that it cites, from the most: it says little else (民法709条の要件は);
 * it names law and article in what it asks, or offers them as an answer; or it names them in passing
 * (inside a choice, by 同法, without a law, as one of a range).
 */
export const STRENGTHS = ["sole", "topic", "passing"] as const;
/** One of the {@linkcode STRENGTHS}. */
export type Strength = (typeof STRENGTHS)[number];

/** Letters beside its citations that a query has at most where it says little else: one clause. */
const MOST_LETTERS = 40;

/**
 * The strength of one of a query's citations. It never rises along the order of `rankCited`.
 * @param lettersBeside letters and digits of the query that belong to no citation.
 */
export function citationStrength(
  { confidence, standing, isInsideRange }: CitedUnit,
  lettersBeside: number,
): Strength {
  if (lettersBeside <= MOST_LETTERS) return "sole";
  const isTopic = confidence === "explicit" && standing !== "later" && !isInsideRange;
  return isTopic ? "topic" : "passing";
}
