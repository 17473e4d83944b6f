import { formatChoices } from "../dataset/parse_choices.ts";
import type { Question } from "../dataset/question.ts";
import type { Prompt } from "../llm/llm.ts";
import { type PromptStyle, renderPrompt } from "../prompt/render_prompt.ts";
import type { ContextMode } from "../settings/setting_table.ts";
import type { GoldRanks, RetrievedContext, Retriever } from "./retriever.ts";

/** A statute that was found, and whether it is what settles the question. */
export interface JudgedContext extends RetrievedContext {
  readonly isGold: boolean;
}

/** A question with the statutes it will be asked with. */
export interface PreparedQuestion {
  readonly question: Question;
  /** What the retriever found; absent unless the context mode is "retrieved". */
  readonly retrieved?: readonly JudgedContext[];
  /** Where the right articles stand, where the corpus knows them. */
  readonly goldRanks?: GoldRanks;
  readonly prompt: Prompt;
}

/** From question to prompt: looks up the statutes, then renders. */
export interface RagPipeline {
  prepare(question: Question): Promise<PreparedQuestion>;
}

/**
 * A pipeline for one run.
 * @param retriever needed for the context mode "retrieved" only. The query is the question with its
 * choices: many questions name their subject only there.
 */
export function createRagPipeline(
  options: {
    readonly contextMode: ContextMode;
    readonly topK: number;
    readonly style: PromptStyle;
    readonly retriever?: Retriever;
  },
): RagPipeline {
  const { contextMode, topK, style, retriever } = options;
  if (contextMode === "retrieved" && retriever === undefined) {
    throw new TypeError("Context mode retrieved needs a retriever");
  }
  // A prompt is rendered more than once (to size it, to send it), its statutes looked up only once.
  const found = new Map<number, Promise<Found>>();
  const retrieve = (question: Question) => {
    const known = found.get(question.index) ?? find(retriever!, question, topK);
    found.set(question.index, known);
    return known;
  };
  return {
    async prepare(question) {
      const found = contextMode === "retrieved" ? await retrieve(question) : undefined;
      const contexts = contextMode === "gold" && question.context !== ""
        ? [question.context]
        : (found?.retrieved ?? []).map((context) => context.text);
      return {
        question,
        ...found,
        prompt: renderPrompt(question, contexts, style),
      };
    },
  };
}

type Found = Required<Pick<PreparedQuestion, "retrieved">> & Pick<PreparedQuestion, "goldRanks">;

async function find(retriever: Retriever, question: Question, topK: number): Promise<Found> {
  const query = `${question.question}\n${formatChoices(question.choices)}`;
  const contexts = await retriever.retrieve(query, topK);
  const goldRanks = await retriever.rankGold?.(question, query);
  return {
    retrieved: contexts.map((context) => ({
      ...context,
      isGold: retriever.isGold?.(question, context) ?? context.text === question.context,
    })),
    ...(goldRanks === undefined ? {} : { goldRanks }),
  };
}
