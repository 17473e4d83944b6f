import type {
  QuestionRank,
  RetrievalMeasurement,
  RetrieverMeasurement,
} from "../rag/recall/measure_retrieval.ts";
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
  if (misses) { for (const retriever of retrievers) lines.push("", ...missLines(retriever)); }
  if (unresolved.length > 0) {
    lines.push("", `Not counted (${unresolved.length})`);
    for (const { question: { index, fileName }, reason } of unresolved) {
      lines.push(`  ${index} ${fileName}: ${reason}`);
    }
  }
  return lines.join("\n");
}

/** The same for scripts, as JSON. */
export function recallReportJson(
  measurement: RetrievalMeasurement,
  data: { readonly path: string; readonly sha256: string },
): string {
  const { corpus, query, questionCount, incompleteCount, unresolved, retrievers } = measurement;
  return JSON.stringify(
    {
      schema_version: 1,
      data_path: data.path,
      data_sha256: data.sha256,
      corpus,
      query,
      question_count: questionCount,
      incomplete_count: incompleteCount,
      unresolved: unresolved.map(({ question: { index, fileName }, reason }) => ({
        index,
        file_name: fileName,
        reason,
      })),
      retrievers: retrievers.map((
        { retriever, articles, contexts, latencyMs, ranks, withHits },
      ) => ({
        retriever,
        with_hits: withHits,
        articles,
        contexts,
        latency_ms: latencyMs,
        questions: ranks.map(({ question: { index, fileName }, articleRank, contextRank }) => ({
          index,
          file_name: fileName,
          article_rank: articleRank ?? null,
          ...(contexts === undefined ? {} : { context_rank: contextRank ?? null }),
        })),
      })),
    },
    null,
    2,
  );
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

function countWithShare(count: number, total: number): string {
  return total === 0 ? "0" : `${count} (${(100 * count / total).toFixed(1)} %)`;
}

/** Columns two spaces apart: the first from the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => width(row[column]!))));
  return rows.map((row) =>
    row.map((cell, column) => {
      const gap = " ".repeat(widths[column]! - width(cell));
      return column === 0 ? cell + gap : gap + cell;
    }).join("  ").trimEnd()
  );
}

/** Places that a text takes on a terminal: a Japanese character takes two. */
function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (character > "\u{2e7f}" ? 2 : 1), 0);
}
