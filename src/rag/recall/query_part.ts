/** What of a question is searched for: all of it, as an evaluation does, or its 問題文 alone. */
export const QUERY_PARTS = ["full", "question"] as const;
/** One of the {@linkcode QUERY_PARTS}. */
export type QueryPart = (typeof QUERY_PARTS)[number];
