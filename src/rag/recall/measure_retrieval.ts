import { setImmediate } from "node:timers/promises";
import { formatChoices } from "../../dataset/parse_choices.ts";
import type { Question } from "../../dataset/question.ts";
import { LawNames } from "../cite/law_names.ts";
import type { StoredUnit } from "../index/corpus_store.ts";
import type { ArticleHit, ArticleSearch } from "../search/article_search.ts";
import { type Gold, GoldLocator } from "./gold_articles.ts";
import { firstOfEachArticle, rankArticles } from "./rank_articles.ts";
import {
  measureRecall,
  type RankedAnswer,
  rankOf,
  RECALL_DEPTHS,
  type RecallSummary,
} from "./recall_measures.ts";
import type { SearchDescription } from "../search/search_description.ts";
import type { QueryPart } from "./query_part.ts";
import type { RetrievalSource } from "./retrieval_source.ts";

const DEEPEST = RECALL_DEPTHS.at(-1)!;

/** How good each search of a corpus is over the same questions. */
export interface RetrievalMeasurement {
  readonly corpus: string;
  readonly query: QueryPart;
  readonly questionCount: number;
  /** Questions without a right article in the corpus; they are not counted. */
  readonly unresolved: readonly { readonly question: Question; readonly reason: string }[];
  /**
   * Questions with some of their right articles in the corpus and others not; those others count as
   * not found.
   */
  readonly incompleteCount: number;
  readonly retrievers: readonly RetrieverMeasurement[];
}

/** How good one search is. */
export interface RetrieverMeasurement {
  readonly retriever: string;
  /** Index, models and settings; absent where there is nothing to tell. */
  readonly description?: SearchDescription;
  /** Questions for which it found anything at all. */
  readonly withHits: number;
  readonly articles: RecallSummary;
  /** Whole コンテキスト of the question file, each question's own being right; dataset corpus only. */
  readonly contexts?: RecallSummary;
  /** Time of a search in milliseconds: median and 95th percentile. */
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly ranks: readonly QuestionRank[];
}

/** Where a question's right article came. */
export interface QuestionRank {
  readonly question: Question;
  /** Rank of its first right article; absent where the first ten have none. */
  readonly articleRank?: number;
  readonly contextRank?: number;
  /** What came first: law and article; absent where nothing was found. */
  readonly first?: string;
  /** What was searched for. */
  readonly query: string;
  /** The first ten articles that were found, best first. */
  readonly hits: readonly JudgedHit[];
}

/** An article that was found, by the unit of it that fits best. */
export interface JudgedHit extends ArticleHit {
  readonly isGold: boolean;
}

/** What a measurement takes. */
export interface MeasureOptions {
  readonly retrievers: readonly string[];
  readonly query: QueryPart;
  /**
   * Articles that an evaluation would put into a prompt: where these are more than ten it asks the
   * search for as many, which a fusion can tell. Default: ten.
   */
  readonly keep?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds of a monotonic clock. */
  readonly monotonicMs?: () => number;
}

/**
 * Searches for every question with every search named, and compares with the articles that the
 * question's コンテキスト quotes. No model is asked.
 * @throws {UsageError} for a search that the corpus does not have.
 * @throws {DOMException} AbortError when the signal fires.
 */
export async function measureRetrieval(
  questions: readonly Question[],
  source: RetrievalSource,
  options: MeasureOptions,
): Promise<RetrievalMeasurement> {
  const locator = new GoldLocator(source.store, new LawNames(source.store.laws()));
  const located = questions.map((question) => ({ question, gold: locator.locate(question) }));
  const resolved = located.filter(({ gold }) => gold.reason === undefined);
  const retrievers: RetrieverMeasurement[] = [];
  for (const name of options.retrievers) {
    retrievers.push(await measureOne(name, resolved, source, options));
  }
  return {
    corpus: source.name,
    query: options.query,
    questionCount: questions.length,
    unresolved: located.flatMap(({ question, gold: { reason } }) =>
      reason === undefined ? [] : [{ question, reason }]
    ),
    incompleteCount: resolved.filter(({ gold }) => gold.missing.length > 0).length,
    retrievers,
  };
}

async function measureOne(
  retriever: string,
  located: readonly { question: Question; gold: Gold }[],
  source: RetrievalSource,
  { query, keep = DEEPEST, signal, monotonicMs = () => performance.now() }: MeasureOptions,
): Promise<RetrieverMeasurement> {
  const search = await source.open(retriever);
  const articles: RankedAnswer[] = [];
  const contexts: RankedAnswer[] = [];
  const ranks: QuestionRank[] = [];
  const times: number[] = [];
  try {
    for (const { question, gold } of located) {
      // A search of files never waits, and signals are heard only where something does.
      await setImmediate();
      signal?.throwIfAborted();
      let latencyMs = 0;
      const timed: ArticleSearch["search"] = async (...request) => {
        const before = monotonicMs();
        const hits = await search.search(...request);
        latencyMs += monotonicMs() - before;
        return hits;
      };
      const text = queryOf(question, query);
      const hits = await find({ search: timed }, source, text, Math.max(keep, DEEPEST), signal);
      times.push(latencyMs);
      const found = firstOfEachArticle(hits, source.store).slice(0, DEEPEST);
      const article: RankedAnswer = {
        ranked: found.map(({ article }) => article),
        gold: gold.keys,
        notInCorpus: gold.missing.length,
      };
      const context = contextAnswer(question, hits, source);
      articles.push(article);
      if (context !== undefined) contexts.push(context);
      ranks.push({
        question,
        ...defined("articleRank", rankOf(article)),
        ...defined("contextRank", context && rankOf(context)),
        ...defined("first", found[0] && titleOf(source.store.unit(found[0].unit))),
        query: text,
        hits: found.map(({ article, ...hit }) => ({ ...hit, isGold: gold.keys.has(article) })),
      });
    }
  } finally {
    await search.close();
  }
  return {
    retriever,
    ...defined("description", source.describe?.(retriever)),
    withHits: articles.filter(({ ranked }) => ranked.length > 0).length,
    articles: measureRecall(articles),
    ...defined("contexts", source.contexts && measureRecall(contexts)),
    latencyMs: { p50: percentile(times, 0.5), p95: percentile(times, 0.95) },
    ranks,
  };
}

/** Hits of enough articles to rank, best first. */
async function find(
  search: Pick<ArticleSearch, "search">,
  { store, contexts }: RetrievalSource,
  query: string,
  articles: number,
  signal: AbortSignal | undefined,
): Promise<readonly ArticleHit[]> {
  // An article of several contexts is several units, all of which contexts are ranked by.
  if (contexts !== undefined) return await search.search(query, store.unitCount, signal);
  return await rankArticles(search, store, query, articles, signal);
}

function contextAnswer(
  { context }: Question,
  hits: readonly ArticleHit[],
  { contexts }: RetrievalSource,
): RankedAnswer | undefined {
  if (contexts === undefined) return undefined;
  return {
    ranked: [...new Set(hits.map(({ unit }) => String(contexts.ofUnit[unit])))].slice(0, DEEPEST),
    gold: new Set([String(contexts.texts.indexOf(context))]),
  };
}

function titleOf({ lawTitle, title }: StoredUnit): string {
  return `${lawTitle} ${title}`;
}

function defined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]: V };
}

function queryOf({ question, choices }: Question, part: QueryPart): string {
  return part === "full" ? `${question}\n${formatChoices(choices)}` : question;
}

/** The value that so large a share of the values does not exceed (nearest rank); 0 without values. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
