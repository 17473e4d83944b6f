import type { Question } from "../dataset/question.ts";

/** A statute text found for a question. */
export interface RetrievedContext {
  /** Where it stands, for people: its headings (law, article), or else how it begins. */
  readonly source: string;
  /** The retriever's own score; larger is better; comparable within one query only. */
  readonly score: number;
  /** From 1. */
  readonly rank: number;
  readonly text: string;
}

/** Where the right articles of a question stand among the first ten that a search found. */
export interface GoldRanks {
  /** How many right articles there are; at least one. */
  readonly count: number;
  /** Ranks, from 1, of those that were found, best first. */
  readonly ranks: readonly number[];
}

/** Finds statutes for a query. */
export interface Retriever {
  /** Name in result files, e.g. "bm25". */
  readonly type: string;
  /** What is searched, e.g. "dataset". */
  readonly corpus: string;
  /** The best matches, best first; fewer than `topK` where the corpus has no more that match. */
  retrieve(query: string, topK: number): Promise<RetrievedContext[]>;
  /** Undefined where nobody knows what is right; absent where no question's is known. */
  rankGold?(question: Question, query: string): Promise<GoldRanks | undefined>;
  /** Whether a context is what settles the question; absent: where it is the question's own. */
  isGold?(question: Question, context: RetrievedContext): boolean;
  /** Frees files. Safe to call twice. */
  close?(): Promise<void>;
}
