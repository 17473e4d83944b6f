import type { Completion, LlmIdentity } from "../../llm/llm.ts";
import type { ArticleContext, LeftOutArticle } from "../context/gather_contexts.ts";
import type { UnretrievedCitation } from "./check_citations.ts";

/** An article that a question is asked with. */
export interface QaArticle extends ArticleContext {
  /** It has few words of the question, which does not name it either: it may not fit. */
  readonly isDoubtful: boolean;
}

/** What a question is asked with. */
export interface QaFound {
  /** What was searched for. */
  readonly query: string;
  readonly articles: readonly QaArticle[];
  /** Found, but without room in the prompt. */
  readonly leftOut: readonly LeftOutArticle[];
  /** Earlier turns of the conversation in the prompt. */
  readonly turns: number;
  /** Turns that had no room. */
  readonly droppedTurns: number;
  /** Wall time of the search. */
  readonly seconds: number;
}

/** A question with its answer. */
export interface QaAnswer {
  readonly question: string;
  readonly found: QaFound;
  readonly completion: Completion;
  readonly unretrieved: readonly UnretrievedCitation[];
  readonly model: LlmIdentity;
  /** Wall time of search and answer together. */
  readonly seconds: number;
}
