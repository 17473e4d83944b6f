import { HOUQA_VERSION } from "../houqa_version.ts";
import { egovLink } from "../rag/context/egov_link.ts";
import { unitHeading } from "../rag/context/place_heading.ts";
import type { CorpusStore } from "../rag/index/corpus_store.ts";
import type {
  JudgedHit,
  QuestionRank,
  RetrievalMeasurement,
} from "../rag/recall/measure_retrieval.ts";
import { scoreKind } from "../rag/search/score_kind.ts";
import { lawJson, rowJson, unitJson } from "./law_json.ts";

/** What a measurement was made on. */
export interface MeasuredCorpus {
  /** The question file. */
  readonly data: { readonly path: string; readonly sha256: string };
  /** Of the articles that were searched. */
  readonly store: CorpusStore;
}

/** How good searches are, and what they found for every question, for scripts: JSON. */
export function recallJson(
  measurement: RetrievalMeasurement,
  { data, store }: MeasuredCorpus,
): string {
  const { corpus, query, questionCount, incompleteCount, unresolved, retrievers } = measurement;
  return JSON.stringify(
    {
      schema_version: 1,
      houqa_version: HOUQA_VERSION,
      data_path: data.path,
      data_sha256: data.sha256,
      corpus,
      query,
      question_count: questionCount,
      incomplete_count: incompleteCount,
      unresolved: unresolved.map(({ question, reason }) => ({ ...questionJson(question), reason })),
      // The same for every search.
      queries: (retrievers[0]?.ranks ?? []).map(({ question, query: text }) => ({
        ...questionJson(question),
        text,
      })),
      retrievers: retrievers.map((
        { retriever, description, articles, contexts, latencyMs, ranks, withHits },
      ) => ({
        retriever,
        score_kind: scoreKind(retriever, description),
        ...(description === undefined ? {} : { search: description }),
        with_hits: withHits,
        articles,
        contexts,
        latency_ms: latencyMs,
        questions: ranks.map(({ question, articleRank, contextRank, hits }) => ({
          ...questionJson(question),
          article_rank: articleRank ?? null,
          ...(contexts === undefined ? {} : { context_rank: contextRank ?? null }),
          hits: hits.map((hit, at) => hitJson(hit, at + 1, store)),
        })),
      })),
    },
    null,
    2,
  );
}

function questionJson({ index, fileName }: QuestionRank["question"]) {
  return { index, file_name: fileName };
}

function hitJson(
  { unit: number, bestRow, score, isGold }: JudgedHit,
  rank: number,
  store: CorpusStore,
) {
  const unit = store.unit(number);
  const row = rowJson(store.row(bestRow));
  return {
    rank,
    score,
    is_gold: isGold,
    ...lawJson({ lawId: unit.lawId, lawNum: unit.lawNum, title: unit.lawTitle }),
    label: unitHeading(unit),
    url: egovLink(unit) ?? null,
    ...unitJson(unit),
    unit: number,
    row: bestRow,
    ...row,
    characters: [...row.text].length,
  };
}
