import { ORDER_NAMES, type OrderName, questionInOrder } from "../dataset/choice_orders.ts";
import { formatChoices } from "../dataset/parse_choices.ts";
import type { Question } from "../dataset/question.ts";
import type { Prompt } from "../llm/llm.ts";
import type { LeftOutArticle } from "../rag/context/gather_contexts.ts";
import type { RAGPipeline } from "../rag/rag_pipeline.ts";
import type { GoldRanks, RetrievedContext } from "../rag/retriever.ts";
import type { ContextMode } from "../settings/setting_table.ts";
import type { AskedPrompt } from "./answer_prompt.ts";

/** A statute that was found, and whether it is what settles the question. */
export interface JudgedContext extends RetrievedContext {
  readonly isGold: boolean;
}

/** A question with the statutes it will be asked with. */
export interface PreparedQuestion {
  readonly question: Question;
  /** What the retriever found; absent unless the context mode is "retrieved". */
  readonly retrieved?: readonly JudgedContext[];
  /** Found, or wanted beside what was found, and not shown. */
  readonly leftOut?: readonly LeftOutArticle[];
  /** Where the right articles stand, where the question names some and an index was searched. */
  readonly gold?: GoldRanks;
  readonly prompt: Prompt;
  /** The question in each order of its choices, with the same statutes; absent: in its own only. */
  readonly orders?: readonly PromptInOrder[];
}

/** A question with its choices in one of lawqa_jp's orders. */
export interface PromptInOrder extends AskedPrompt {
  readonly order: OrderName;
}

/** Which statutes questions are asked with. */
export interface QuestionPromptOptions {
  readonly contextMode: ContextMode;
  /** Statutes of a retrieval that stand in the prompt. */
  readonly limit: number;
  /** Most tokens of a question's statutes; absent: no limit. */
  readonly roomFor?: (question: Question) => number;
  /** Ask each question in lawqa_jp's four orders of its choices. */
  readonly inAllOrders?: boolean;
}

/**
 * The prompts of an evaluation. A prompt is rendered more than once (to size it, to send it), its
 * statutes looked up only once.
 */
export class QuestionPrompts {
  readonly #found = new Map<number, Promise<Found>>();

  /**
   * @param pipeline with a retriever for the context mode "retrieved". The query is the question with
   * its choices: many questions name their subject only there.
   */
  constructor(
    readonly pipeline: RAGPipeline<Question>,
    readonly options: QuestionPromptOptions,
  ) {
    if (options.contextMode === "retrieved" && pipeline.retriever === undefined) {
      throw new TypeError("Context mode retrieved needs a retriever");
    }
  }

  /** @throws {DOMException} AbortError when the signal fires while statutes are looked up. */
  async prepare(question: Question, signal?: AbortSignal): Promise<PreparedQuestion> {
    const { contextMode } = this.options;
    const found = contextMode === "retrieved" ? await this.#findOnce(question, signal) : undefined;
    const contexts = contextMode === "gold" && question.context !== ""
      ? [{ text: question.context }]
      : found?.retrieved ?? [];
    const prompt = this.pipeline.prompt(question, contexts);
    if (!this.options.inAllOrders) return { question, ...found, prompt };
    const orders = ORDER_NAMES.map((order) => {
      const asked = questionInOrder(question, order);
      return { order, question: asked, prompt: this.pipeline.prompt(asked, contexts) };
    });
    return { question, ...found, prompt, orders };
  }

  #findOnce(question: Question, signal: AbortSignal | undefined): Promise<Found> {
    const known = this.#found.get(question.index) ?? this.#find(question, signal);
    this.#found.set(question.index, known);
    return known;
  }

  async #find(question: Question, signal: AbortSignal | undefined): Promise<Found> {
    const { pipeline, options: { limit, roomFor } } = this;
    const query = `${question.question}\n${formatChoices(question.choices)}`;
    const found = await pipeline.retrieve(query, {
      limit,
      ...(roomFor === undefined ? {} : { budgetTokens: roomFor(question) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { contexts, leftOut } = found;
    const judged = pipeline.retriever!.judge?.(question, found);
    return {
      retrieved: contexts.map((context, at) => ({
        ...context,
        isGold: judged?.isGold[at] ?? context.text === question.context,
      })),
      ...(leftOut === undefined ? {} : { leftOut }),
      ...(judged?.gold === undefined ? {} : { gold: judged.gold }),
    };
  }
}

type Found =
  & Required<Pick<PreparedQuestion, "retrieved">>
  & Pick<PreparedQuestion, "leftOut" | "gold">;
