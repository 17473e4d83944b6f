import type {
  QuestionRank,
  RetrievalMeasurement,
  RetrieverMeasurement,
} from "../rag/recall/measure_retrieval.ts";
import type { SearchDescription } from "../rag/search/search_description.ts";
import { columns, countWithShare } from "./columns.ts";
import { RECALL_DEPTHS, type RecallSummary } from "../rag/recall/recall_measures.ts";

/** What is shown besides the table. */
export interface RecallReportOptions {
  /** Every question whose right article did not come first. */
  readonly misses?: boolean;
}

/** How good searches are, as lines of text without a final newline. */
export function renderRecallReport(
  measurement: RetrievalMeasurement,
  { misses = false }: RecallReportOptions = {},
): string {
  const { retrievers, unresolved, questionCount, incompleteCount, corpus, query } = measurement;
  const searched = query === "full" ? "問題文 with 選択肢" : "問題文 alone";
  const lines = [
    `Corpus     ${corpus}`,
    `Questions  ${questionCount}, searched for by ${searched}`,
    `Counted    ${questionCount - unresolved.length} with a right article in the corpus` +
    (incompleteCount === 0
      ? ""
      : `, ${incompleteCount} of them with others that it lacks${describeMissing(retrievers)}`),
    "",
    ...table("Right article", retrievers, ({ articles }) => articles),
  ];
  if (retrievers.every(({ contexts }) => contexts !== undefined)) {
    lines.push("", ...table("Own コンテキスト", retrievers, ({ contexts }) => contexts!));
  }
  lines.push(
    "",
    ...columns([
      ["Searches", "with hits", "median time", "95 % below"],
      ...retrievers.map(({ retriever, withHits, articles, latencyMs: { p50, p95 } }) => [
        retriever,
        countWithShare(withHits, articles.questions),
        `${p50.toFixed(2)} ms`,
        `${p95.toFixed(2)} ms`,
      ]),
    ]),
  );
  const settings = retrievers.flatMap(({ retriever, description }) => {
    const words = description === undefined ? [] : describeParts(description);
    return words.length === 0 ? [] : [[retriever, words.join("; ")]];
  });
  if (settings.length > 0) lines.push("", ...columns([["Made of", ""], ...settings]));
  if (misses) { for (const retriever of retrievers) lines.push("", ...missLines(retriever)); }
  if (unresolved.length > 0) {
    lines.push("", `Not counted (${unresolved.length})`);
    for (const { question: { index, fileName }, reason } of unresolved) {
      lines.push(`  ${index} ${fileName}: ${reason}`);
    }
  }
  return lines.join("\n");
}

/** Servers, models and settings of a search, beside the index itself. */
function describeParts(
  { text_server, vectors, fusion, mmr, reranker }: SearchDescription,
): string[] {
  return [
    ...(fusion === undefined ? [] : [
      fusion.method === "weighted"
        ? `weighted (vector ${fusion.vector_weight}, bm25 ${fusion.bm25_weight})`
        : fusion.method === "rrf"
        ? `rrf (k ${fusion.rrf_k})`
        : `weighted_rrf (k ${fusion.rrf_k}, vector ${fusion.vector_weight}, bm25 ${fusion.bm25_weight})`,
    ]),
    ...(text_server === undefined ? [] : [text_server]),
    ...(vectors === undefined ? [] : [
      `${vectors.model}, one vector ${vectors.grain === "unit" ? "an article" : "a row"}` +
      (vectors.approximate ? ", by a graph of neighbours" : ""),
    ]),
    ...(mmr === undefined ? [] : [`MMR (lambda ${mmr.lambda})`]),
    ...(reranker === undefined
      ? []
      : [`${reranker.model} reads ${reranker.candidates} of each question`]),
  ];
}

/** The questions, and so what they miss, are the same for every search. */
function describeMissing([first]: readonly RetrieverMeasurement[]): string {
  const articles = first?.articles.not_in_corpus?.articles;
  return articles === undefined ? "" : ` (${articles} in all, counted as not found)`;
}

function table(
  title: string,
  retrievers: readonly RetrieverMeasurement[],
  summaryOf: (retriever: RetrieverMeasurement) => RecallSummary,
): string[] {
  const hasSeveral = retrievers.some((retriever) => {
    const { any_at, all_at } = summaryOf(retriever);
    return RECALL_DEPTHS.some((depth) => any_at[depth] !== all_at[depth]);
  });
  const head = [title, ...RECALL_DEPTHS.map((depth) => `first ${depth}`)];
  if (hasSeveral) head.push("all in first 10");
  const rows = retrievers.map((retriever) => {
    const { questions, any_at, all_at, mrr_at_10 } = summaryOf(retriever);
    return [
      retriever.retriever,
      ...RECALL_DEPTHS.map((depth) => countWithShare(any_at[depth], questions)),
      ...(hasSeveral ? [countWithShare(all_at["10"], questions)] : []),
      mrr_at_10 === undefined ? "-" : mrr_at_10.toFixed(3),
    ];
  });
  return columns([[...head, "MRR@10"], ...rows]);
}

function missLines({ retriever, ranks }: RetrieverMeasurement): string[] {
  const missed = ranks.filter(({ articleRank }) => articleRank !== 1);
  return [
    `Right article not first with ${retriever} (${missed.length} of ${ranks.length})`,
    ...missed.map((rank) => `  ${describeMiss(rank)}`),
  ];
}

function describeMiss({ question: { index, fileName }, articleRank, first }: QuestionRank): string {
  const came = articleRank === undefined ? "not in the first 10" : `came ${articleRank}.`;
  return `${index} ${fileName}: ${came}; first was ${first ?? "nothing"}`;
}
