import { formatChoices } from "../dataset/parse_choices.ts";
import type { Letter, Question } from "../dataset/question.ts";
import { sha256Hex } from "../dataset/sha256.ts";
import { type Completion, type Llm, LlmError } from "../llm/llm.ts";
import type { PromptMode } from "../settings/setting_table.ts";
import type {
  ArticleContext,
  ArticleReference,
  LeftOutArticle,
} from "../rag/context/gather_contexts.ts";
import { definedOnly } from "./defined_only.ts";
import { extractAnswer, reasoningOf } from "./extract_answer.ts";
import type { JudgedContext, PreparedQuestion } from "./question_prompts.ts";
import type { ErrorKind, Outcome, QuestionResult, Sample } from "./result_schema.ts";
import type { ArticleOfResult, LeftOutContext, ShownContext } from "./retrieval_schema.ts";
import { sumOfAll } from "./sum_of_all.ts";
import { vote } from "./vote.ts";

/** How every question of a run is asked. */
export interface AskPlan {
  readonly mode: PromptMode;
  /** Samples per question; 1 = no ensemble. */
  readonly ensemble: number;
  /** Sample k uses seed + k. */
  readonly seed: number;
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** Constrain direct answers to one letter where the backend can. */
  readonly structured: boolean;
}

/**
 * Asks one question, as many times as the plan says, and judges the answers. A failed call makes
 * the whole question an error, to be asked again: an ensemble of fewer samples is another measure.
 * @throws {DOMException} `AbortError` when the signal fired; nothing of the question counts then.
 */
export async function askQuestion(
  prepared: PreparedQuestion,
  model: Pick<Llm, "invoke">,
  plan: AskPlan,
  signal?: AbortSignal,
): Promise<QuestionResult> {
  const { question } = prepared;
  const common = await describeQuestion(prepared, plan);
  const samples: Sample[] = [];
  try {
    for (let k = 0; k < plan.ensemble; k++) {
      const seed = plan.seed + k;
      const completion = await model.invoke(prepared.prompt, {
        temperature: plan.temperature,
        maxNewTokens: plan.maxNewTokens,
        seed,
        answerFormat: plan.structured ? "letter" : "text",
        signal,
      });
      samples.push(readSample(completion, question, plan.mode, seed));
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    return { ...common, ...failure(error, samples.length, plan.ensemble) };
  }
  return { ...common, ...decide(samples, question, plan) };
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

function readSample(
  completion: Completion,
  question: Question,
  mode: PromptMode,
  seed: number,
): Sample {
  const extraction = extractAnswer(completion.text, {
    mode,
    choices: question.choices,
    truncated: completion.finishReason === "length",
  });
  return {
    letter: extraction.letter ?? "unknown",
    rule: extraction.letter === null ? `none: ${extraction.reason}` : extraction.rule,
    response: completion.text,
    finish_reason: completion.finishReason,
    seed,
    seconds: completion.seconds,
    ...definedOnly({
      thinking: completion.thinking,
      prompt_tokens: completion.promptTokens,
      completion_tokens: completion.completionTokens,
      attempts: completion.attempts,
      letter_logprobs: completion.letterLogprobs,
    }),
  };
}

function decide(samples: Sample[], question: Question, plan: AskPlan) {
  const result = vote(samples.map((sample) => ({
    letter: sample.letter,
    letterLogprobs: sample.letter_logprobs,
  })));
  const deciding = samples[result.decidingBallot]!;
  const options = { mode: plan.mode, choices: question.choices };
  return {
    predicted_answer: result.winner,
    is_correct: result.winner === question.answer,
    outcome: outcomeOf(result.winner, question.answer, samples),
    response: deciding.response,
    ...(plan.mode === "cot" ? { reasoning: reasoningOf(deciding.response, options) } : {}),
    seconds: sumOfAll(samples.map((sample) => sample.seconds))!,
    finish_reason: deciding.finish_reason,
    ...definedOnly({
      prompt_tokens: sumOfAll(samples.map((sample) => sample.prompt_tokens)),
      completion_tokens: sumOfAll(samples.map((sample) => sample.completion_tokens)),
      extraction_rule: deciding.rule,
      thinking: deciding.thinking,
      seed: deciding.seed,
      attempts: sumOfAll(samples.map((sample) => sample.attempts)),
      letter_logprobs: deciding.letter_logprobs,
    }),
    ...(samples.length === 1 ? {} : {
      ensemble_votes: result.votes,
      ensemble_confidence: result.confidence,
      samples,
    }),
  };
}

/** A question is truncated only if no letter stands and the length limit cut some answer. */
function outcomeOf(
  winner: Letter | "unknown",
  correct: Letter,
  samples: readonly Sample[],
): Outcome {
  if (winner === correct) return "correct";
  if (winner !== "unknown") return "wrong";
  return samples.some((sample) => sample.finish_reason === "length") ? "truncated" : "unparsed";
}

function failure(error: unknown, done: number, ensemble: number) {
  const kind: ErrorKind = error instanceof LlmError ? error.kind : "other";
  const message = error instanceof Error ? error.message : String(error);
  return {
    predicted_answer: "error" as const,
    is_correct: false,
    outcome: "error" as const,
    response: "",
    error: ensemble > 1 ? `sample ${done + 1} of ${ensemble}: ${message}` : message,
    error_kind: kind,
  };
}
