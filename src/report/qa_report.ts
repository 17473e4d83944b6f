import { unitHeading } from "../rag/context/place_heading.ts";
import type { LeftOutArticle } from "../rag/context/gather_contexts.ts";
import type { QaAnswer, QaArticle, QaFound } from "../rag/qa/qa_answer.ts";
import type { LlmIdentity } from "../llm/llm.ts";

/** Said where no article was found. */
export const NOTHING_FOUND =
  "No article of the index fits this question; the model was told so. Try other words, or name the " +
  "law and the article.";

/** How the search was made. */
export interface QaSearch {
  /** E.g. `cite+bm25`. */
  readonly retriever: string;
  /** Folder of the index. */
  readonly index: string;
}

/** What stands below an answer: the articles it was asked with, and what to be careful about. */
export function renderQaNotes(answer: QaAnswer, { retriever, index }: QaSearch): string {
  const { found, unretrieved, completion } = answer;
  const lines: string[] = [];
  if (completion.text.trim() === "") lines.push("The model gave no answer.");
  if (completion.finishReason === "length") {
    lines.push("The answer is cut: raise --max-tokens (or --num-ctx).");
  }
  if (found.articles.length === 0) lines.push(NOTHING_FOUND);
  else {
    lines.push(`Articles (${retriever}, ${index}):`);
    lines.push(...found.articles.map(renderArticle));
    if (found.articles.every(({ isDoubtful }) => isDoubtful)) {
      lines.push("None of them has many words of the question: they may not fit.");
    }
  }
  if (found.leftOut.length > 0) {
    lines.push(`No room in the prompt: ${found.leftOut.map(nameOf).join(", ")}`);
  }
  if (found.droppedTurns > 0) {
    lines.push(`Not sent again: the first ${found.droppedTurns} turn(s) of the conversation.`);
  }
  if (unretrieved.length > 0) {
    const cited = unretrieved.map(({ citation, isInCorpus }) =>
      `  ${citation}${isInCorpus ? "" : " (not in the index: it may not exist)"}`
    );
    lines.push("Cited in the answer, but not retrieved; check before relying on it:", ...cited);
  }
  return lines.join("\n");
}

/** The statute texts a question was asked with. */
export function renderQaContexts({ articles }: Pick<QaFound, "articles">): string {
  return articles.map(({ rank, score, text }) => `[${rank}] score ${format(score)}\n${text}`)
    .join("\n\n");
}

function renderArticle({ rank, source, article, score, isDoubtful, cut, expanded }: QaArticle) {
  const notes = [
    `score ${format(score)}`,
    ...(expanded === undefined ? [] : [`${expanded.relation} of ${expanded.ofRank}`]),
    ...(cut === undefined ? [] : ["shown in part"]),
    ...(article.isDeleted ? ["deleted"] : []),
    ...(isDoubtful ? ["uncertain"] : []),
  ];
  const caption = article.caption === "" ? "" : `（${article.caption}）`;
  const link = article.url === undefined ? "" : `\n     ${article.url}`;
  return `${String(rank).padStart(3)}. ${source}${caption}  [${notes.join("; ")}]${link}`;
}

function nameOf({ article }: LeftOutArticle): string {
  return `${article.lawTitle} ${unitHeading(article)}`;
}

function format(score: number): string {
  return score.toFixed(2);
}

/**
 * An answer as one JSON object, on one line.
 * @param withTexts the statutes' texts too.
 */
export function qaJson(
  { question, found, completion, unretrieved, model, seconds }: QaAnswer,
  { retriever, index, promptVersion, withTexts }: QaSearch & {
    readonly promptVersion: number;
    readonly withTexts: boolean;
  },
): string {
  return JSON.stringify({
    question,
    answer: completion.text,
    ...(completion.thinking === undefined ? {} : { thinking: completion.thinking }),
    finish_reason: completion.finishReason,
    nothing_found: found.articles.length === 0,
    articles: found.articles.map(({ rank, score, text, article, isDoubtful, cut, expanded }) => ({
      rank,
      law: article.lawTitle,
      law_id: article.lawId,
      law_num: article.lawNum,
      article: unitHeading(article),
      article_num: article.num ?? null,
      caption: article.caption,
      score,
      link: article.url ?? null,
      is_uncertain: isDoubtful,
      is_cut: cut !== undefined,
      ...(expanded === undefined ? {} : { relation: expanded.relation, of_rank: expanded.ofRank }),
      ...(withTexts ? { text } : {}),
    })),
    left_out: found.leftOut.map((one) => ({
      law: one.article.lawTitle,
      article: unitHeading(one.article),
      reason: one.reason,
    })),
    not_retrieved: unretrieved.map(({ citation, isInCorpus }) => ({
      citation,
      is_in_index: isInCorpus,
    })),
    query: found.query,
    turns: found.turns,
    retriever,
    index,
    prompt_version: promptVersion,
    model: modelJson(model),
    prompt_tokens: completion.promptTokens ?? null,
    completion_tokens: completion.completionTokens ?? null,
    search_seconds: found.seconds,
    answer_seconds: completion.seconds,
    seconds,
  });
}

/** Keys as in the provenance of a result file; what could not be learnt is left out. */
function modelJson(identity: LlmIdentity) {
  const { modelDigest, adapterDigest, contextLength, numCtx, versions, ...same } = identity;
  return {
    ...same,
    model_digest: modelDigest,
    adapter_digest: adapterDigest,
    context_length: contextLength,
    num_ctx: numCtx,
    versions,
  };
}
