import { LlmError } from "../../llm/llm.ts";
import { promptBytes } from "../../llm/prompt_bytes.ts";
import { type QaTurn, renderQaPrompt } from "../../prompt/qa_prompt.ts";
import type { CitationResolver } from "../cite/citation_resolver.ts";
import {
  contextBudget,
  estimatePromptTokens,
  estimateTokens,
  STATUTE_TOKENS,
} from "../context/token_counter.ts";
import type { ArticleContext } from "../context/gather_contexts.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { unretrievedCitations } from "./check_citations.ts";
import type { QaAnswer, QaArticle, QaFound } from "./qa_answer.ts";
import type { QaPipeline } from "./qa_pipeline.ts";
import { DOUBTFUL_OVERLAP, wordOverlap } from "./word_overlap.ts";

/** Turns of the conversation that are sent again at most. */
export const MOST_TURNS = 4;
/** Room for the question and the conversation where the window is sized for them. */
const CONVERSATION_TOKENS = 2000;
/** Where nobody tells the window, in tokens. */
const DEFAULT_WINDOW_TOKENS = 4096;

/** What a conversation needs. */
export interface QaSessionOptions {
  /** Its model is loaded. */
  readonly pipeline: QaPipeline;
  /** Of the corpus that is searched. */
  readonly corpus: CorpusStore;
  readonly resolver: CitationResolver;
  readonly topK: number;
  readonly maxNewTokens: number;
  /** False where hits need no words in common with the question: a search by meaning alone. */
  readonly isWordSearch: boolean;
}

/** What happens while a question is answered. */
export interface AskHooks {
  readonly signal?: AbortSignal;
  /** Called once, before the model is asked. */
  readonly onFound?: (found: QaFound) => void;
  /** As `InvokeOverrides.onText`. */
  readonly onText?: (piece: string) => void;
}

/** A conversation about laws: each question is looked up, then asked with the last turns. */
export class QaSession {
  #turns: QaTurn[] = [];

  constructor(readonly options: QaSessionOptions) {}

  /** Turns so far. */
  get turnCount(): number {
    return this.#turns.length;
  }

  /** Forgets the conversation. */
  clear(): void {
    this.#turns = [];
  }

  /**
   * Answers a question. One that failed or was stopped does not become part of the conversation.
   * @throws {LlmError} when no answer could be had.
   * @throws {DOMException} `AbortError` when the signal fired.
   */
  async ask(question: string, { signal, onFound, onText }: AskHooks = {}): Promise<QaAnswer> {
    const started = performance.now();
    const { pipeline, corpus, resolver, maxNewTokens } = this.options;
    const { found, history } = await this.#find(question, signal);
    refuseWithoutRoom(found, maxNewTokens);
    onFound?.(found);
    const prompt = pipeline.prompt({ question, history }, found.articles);
    const completion = await pipeline.invoke(prompt, {
      maxNewTokens,
      answerFormat: "text",
      ...(signal === undefined ? {} : { signal }),
      ...(onText === undefined ? {} : { onText }),
    });
    this.#turns.push({ question, answer: completion.text.trim() });
    return {
      question,
      found,
      completion,
      unretrieved: unretrievedCitations(
        completion.text,
        found.articles.map(({ article }) => article),
        { resolver, corpus },
      ),
      model: pipeline.llm.identity,
      seconds: secondsSince(started),
    };
  }

  /** Statutes have the first claim on the window, then the latest turns. */
  async #find(
    question: string,
    signal: AbortSignal | undefined,
  ): Promise<{ found: QaFound; history: QaTurn[] }> {
    const started = performance.now();
    const { pipeline, topK, maxNewTokens } = this.options;
    const { numCtx, contextLength } = pipeline.llm.identity;
    const room = contextBudget({
      windowTokens: numCtx ?? contextLength ?? DEFAULT_WINDOW_TOKENS,
      questionTokens: estimatePromptTokens(pipeline.prompt({ question, history: [] }, [])),
      answerTokens: maxNewTokens,
    });
    const query = this.#query(question);
    const budgetTokens = Math.min(room, STATUTE_TOKENS);
    const gathered = await pipeline.retrieve(query, {
      limit: topK,
      budgetTokens,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.throwIfAborted();
    const history = this.#lastTurns(room - gathered.tokens);
    return {
      found: {
        query,
        articles: this.#judge(query, gathered.contexts),
        leftOut: gathered.leftOut,
        turns: history.length,
        droppedTurns: this.#turns.length - history.length,
        seconds: secondsSince(started),
      },
      history,
    };
  }

  /**
   * A follow-up (それは何日以内か) is looked up together with the question before it; one that names an
   * article stands by itself.
   */
  #query(question: string): string {
    const before = this.#turns.at(-1);
    const namesArticle = this.options.resolver.citedUnits(question)
      .some(({ confidence }) => confidence === "explicit");
    return before === undefined || namesArticle ? question : `${question}\n${before.question}`;
  }

  #judge(query: string, contexts: readonly ArticleContext[]): QaArticle[] {
    const named = new Set(this.options.resolver.citedUnits(query).map(({ unit }) => unit));
    return contexts.map((context) => ({
      ...context,
      isDoubtful: this.options.isWordSearch && !named.has(context.unit) &&
        wordOverlap(query, context.text) < DOUBTFUL_OVERLAP,
    }));
  }

  #lastTurns(roomTokens: number): QaTurn[] {
    let left = roomTokens;
    const kept: QaTurn[] = [];
    for (const turn of this.#turns.slice(-MOST_TURNS).reverse()) {
      left -= estimateTokens(turn.question) + estimateTokens(turn.answer) + TURN_TOKENS;
      if (left < 0) break;
      kept.unshift(turn);
    }
    return kept;
  }
}

/** @throws {LlmError} where articles were found and none has room: an answer without them is none. */
function refuseWithoutRoom({ articles, leftOut }: QaFound, maxNewTokens: number): void {
  if (articles.length > 0 || leftOut.length === 0) return;
  throw new LlmError(
    "prompt_cut",
    `The model's context window has no room for statutes beside the question and an answer of ` +
      `${maxNewTokens} tokens: lower --max-tokens, raise --num-ctx, or take another model.`,
  );
}

/** What the chat template adds to a turn, in tokens. */
const TURN_TOKENS = 16;

/** UTF-8 bytes of the prompts that a conversation's context window should hold. */
export function longestPromptBytes(): number {
  const other = renderQaPrompt({ question: "", contexts: [], history: [] });
  // Estimated tokens are half of the bytes.
  return promptBytes(other) + 2 * (STATUTE_TOKENS + CONVERSATION_TOKENS);
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
