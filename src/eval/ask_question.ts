import { formatChoices } from "../dataset/parse_choices.ts";
import { sha256Hex } from "../dataset/sha256.ts";
import type { Llm } from "../llm/llm.ts";
import type {
  ArticleContext,
  ArticleReference,
  LeftOutArticle,
} from "../rag/context/gather_contexts.ts";
import { type AnswerPlan, answerPrompt } from "./answer_prompt.ts";
import { askInOrders } from "./ask_in_orders.ts";
import { calibratedAnswer } from "./calibrated_answer.ts";
import { definedOnly } from "./defined_only.ts";
import type { LetterPrior } from "./letter_prior.ts";
import type { JudgedContext, PreparedQuestion } from "./question_prompts.ts";
import type { QuestionResult } from "./result_schema.ts";
import type { ArticleOfResult, LeftOutContext, ShownContext } from "./retrieval_schema.ts";

/** How every question of a run is asked. */
export interface AskPlan extends AnswerPlan {
  /**
   * The orders of a question are handed to the model all at once: for a backend that answers one call
   * after the other by itself, so that no other question comes between them.
   */
  readonly ordersAtOnce?: boolean;
  /** Taken off every answer's log-probabilities, beside the plain answer. */
  readonly prior?: LetterPrior;
}

/**
 * Asks one question, in every order of its choices that it is prepared for, and judges the answers. A
 * failed call makes the whole question an error, to be asked again.
 * @throws {DOMException} `AbortError` when the signal fired; nothing of the question counts then.
 */
export async function askQuestion(
  prepared: PreparedQuestion,
  model: Pick<Llm, "invoke">,
  plan: AskPlan,
  signal?: AbortSignal,
): Promise<QuestionResult> {
  const common = await describeQuestion(prepared, plan);
  if (prepared.orders !== undefined) {
    return { ...common, ...await askInOrders(prepared.orders, model, plan, signal) };
  }
  const answer = await answerPrompt(prepared, model, plan, signal);
  const calibrated = calibratedAnswer(answer, prepared.question.answer, plan.prior);
  return { ...common, ...answer, ...definedOnly({ calibrated }) };
}

type CommonPart = Pick<
  QuestionResult,
  | "index"
  | "question"
  | "choices"
  | "correct_answer"
  | "file_name"
  | "order_map"
  | "references"
  | "retrieved_docs_count"
  | "retrieved"
  | "left_out"
  | "gold_articles"
  | "prompt"
>;

async function describeQuestion(prepared: PreparedQuestion, plan: AskPlan): Promise<CommonPart> {
  const { question, retrieved, leftOut = [], gold, prompt } = prepared;
  return {
    index: question.index,
    question: question.question,
    choices: formatChoices(question.choices),
    correct_answer: question.answer,
    file_name: question.fileName,
    ...(question.orderMap === undefined ? {} : { order_map: question.orderMap }),
    references: [...question.references],
    retrieved_docs_count: retrieved?.length ?? 0,
    ...(retrieved === undefined ? {} : {
      retrieved: await Promise.all(retrieved.map(describeContext)),
    }),
    ...(leftOut.length === 0 ? {} : { left_out: leftOut.map(describeLeftOut) }),
    ...(gold === undefined ? {} : {
      gold_articles: {
        count: gold.count,
        ranks: [...gold.ranks],
        ...(gold.notInCorpus.length === 0 ? {} : { not_in_corpus: [...gold.notInCorpus] }),
      },
    }),
    prompt: prompt.messages.at(-1)?.content ?? "",
    ...(plan.ensemble > 1 ? { ensemble_runs: plan.ensemble } : {}),
  };
}

async function describeContext(context: JudgedContext): Promise<ShownContext> {
  const { source, score, rank, text, isGold } = context;
  const { article, expanded, cut } = context as Partial<ArticleContext>;
  return {
    source,
    score,
    rank,
    sha256: await sha256Hex(text),
    is_gold: isGold,
    ...(article === undefined ? {} : { article: describeArticle(article) }),
    ...(expanded === undefined ? {} : {
      is_expanded: true as const,
      relation: expanded.relation,
      of_rank: expanded.ofRank,
    }),
    ...(cut === undefined ? {} : { is_cut: true as const }),
  };
}

function describeLeftOut({ article, rank, expanded, reason }: LeftOutArticle): LeftOutContext {
  return {
    article: describeArticle(article),
    ...definedOnly({ rank, relation: expanded?.relation, of_rank: expanded?.ofRank }),
    reason,
  };
}

function describeArticle(article: ArticleReference): ArticleOfResult {
  const { lawId, lawTitle, provision, amendingLawNum, num, title, url } = article;
  return {
    law_id: lawId,
    law_title: lawTitle,
    provision,
    title,
    ...definedOnly({ amending_law_num: amendingLawNum, num, url }),
  };
}
