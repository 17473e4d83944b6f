import type { Question } from "../dataset/question.ts";
import type { LeftOutArticle } from "./context/gather_contexts.ts";
import type { SearchDescription } from "./search/search_description.ts";

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

/** How much is wanted for a query. */
export interface RetrieveOptions {
  /** Statutes in the prompt, at least one; what is added to them does not count. */
  readonly limit: number;
  /** Most tokens of all texts together, where texts are cut at all; absent: no limit. */
  readonly budgetTokens?: number;
  readonly signal?: AbortSignal;
}

/** What one search found for a query. */
export interface Retrieval {
  /** For the prompt: the best matches, best first, then what was added to them. */
  readonly contexts: readonly RetrievedContext[];
  /** What was found, or would have been added, and has no text in the prompt. */
  readonly leftOut?: readonly LeftOutArticle[];
}

/** Where the right articles of a question stand among the first ten that a search found. */
export interface GoldRanks {
  /** The right articles that the question names, those that the corpus lacks included. */
  readonly count: number;
  /** Ranks, from 1, of those that were found, best first. */
  readonly ranks: readonly number[];
  /** Those that the corpus does not have, in words. */
  readonly notInCorpus: readonly string[];
}

/** What of a retrieval is right. */
export interface Judgement {
  /** For each context, in order, whether it is what settles the question. */
  readonly isGold: readonly boolean[];
  /** Absent where the question does not tell what is right. */
  readonly gold?: GoldRanks;
}

/** Finds statutes for a query. */
export interface Retriever<Found extends Retrieval = Retrieval> {
  /** Name in result files, e.g. "bm25". */
  readonly type: string;
  /** What is searched, e.g. "dataset". */
  readonly corpus: string;
  /** Models, servers and parameters of a search in an index. */
  readonly description?: SearchDescription;
  /**
   * Searches once; fewer contexts than wanted where no more match or no more have room.
   * @throws {DOMException} AbortError when the signal fires.
   */
  retrieve(query: string, options: RetrieveOptions): Promise<Found>;
  /** What of a retrieval is right; absent: a question's own コンテキスト is. */
  judge?(question: Question, found: Found): Judgement;
  /** Frees files and models. Safe to call twice. */
  close?(): Promise<void>;
}
