import type { CorpusStore, StoredRow } from "../index/corpus_store.ts";
import type { RetrievedContext } from "../retriever.ts";
import type { ArticleHit } from "../search/article_search.ts";
import type { ContextCandidate, Expanded } from "./context_candidate.ts";
import type { UnitCut } from "./cut_unit.ts";
import { egovLink } from "./egov_link.ts";
import { expandHits, type ExpandOptions } from "./expand_hits.ts";
import { fitContexts, type FitOptions, type FittedContext } from "./fit_contexts.ts";
import { unitHeading } from "./place_heading.ts";
import type { TextSpan } from "./render_unit.ts";

/** Which article (or 附則, 別表) of which law. */
export interface ArticleReference {
  readonly lawId: string;
  readonly lawTitle: string;
  readonly lawNum: string;
  readonly provision: "main" | "supplementary" | "appendix";
  /** 附則 of an amending law only. */
  readonly amendingLawNum?: string;
  /** In e-Gov's form, e.g. `21_2`; absent where the unit has none. */
  readonly num?: string;
  /** As printed, e.g. `第二十一条の二`. */
  readonly title: string;
  /** 見出し without brackets; empty where there is none. */
  readonly caption: string;
  readonly isDeleted: boolean;
  /** Its page at e-Gov, where it has one. */
  readonly url?: string;
}

/** The row of an article that fits the query best. */
export interface BestRow extends Pick<StoredRow, "row" | "paragraph" | "item" | "subitems"> {
  /** Where its text, or what was kept of it, stands in the context's text. */
  readonly span: TextSpan;
}

/** An article found for a question, or added to those found. */
export interface ArticleContext extends RetrievedContext {
  /** Its number in the corpus store. */
  readonly unit: number;
  readonly article: ArticleReference;
  readonly bestRow: BestRow;
  /** Why it is there although it was not found; absent for what was found. */
  readonly expanded?: Expanded;
  /** What of it is not in the text; absent where everything is. */
  readonly cut?: UnitCut;
}

/** An article that was found or added and has no text in the context. */
export interface LeftOutArticle {
  readonly unit: number;
  readonly article: ArticleReference;
  /** The hit's rank; absent for an article that would have been added. */
  readonly rank?: number;
  readonly expanded?: Expanded;
  /** The budget was used up, or one hit refers to too many. */
  readonly reason: "budget" | "too_many_references";
  readonly rows: number;
  /** UTF-16 units of its rows. */
  readonly characters: number;
}

/** The context for one query. */
export interface GatheredContexts {
  /** Hits by rank, then what was added. */
  readonly contexts: readonly ArticleContext[];
  readonly leftOut: readonly LeftOutArticle[];
  /** Tokens of all texts together. */
  readonly tokens: number;
  readonly budgetTokens?: number;
}

/** How hits become the context. */
export type GatherOptions = ExpandOptions & FitOptions;

/**
 * Turns a search's hits into texts for the prompt.
 * @throws {RangeError} for a hit that is not in the store.
 */
export function gatherContexts(
  store: CorpusStore,
  hits: readonly ArticleHit[],
  options: GatherOptions,
): GatheredContexts {
  const { candidates, tooMany } = expandHits(store, hits, options);
  const { fitted, leftOut, tokens } = fitContexts(candidates, options);
  const { budgetTokens } = options;
  return {
    contexts: fitted.map((one, at) => contextOf(one, fitted, at)),
    leftOut: [
      ...leftOut.map((one) => leftOutOf(one, "budget")),
      ...tooMany.map((one) => leftOutOf(one, "too_many_references")),
    ],
    tokens,
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
  };
}

function contextOf(
  { candidate, text, spans, cut }: FittedContext,
  all: readonly FittedContext[],
  at: number,
): ArticleContext {
  const { unit, rows, score, expanded } = candidate;
  const best = Math.max(0, rows.findIndex(({ row }) => row === candidate.bestRow));
  const { row, paragraph, item, subitems } = rows[best]!;
  // Hits keep the rank that the search gave them, even where one between them was left out.
  const hits = all.filter((one) => one.candidate.expanded === undefined);
  const lastRank = hits.at(-1)?.candidate.rank ?? 0;
  return {
    source: `${unit.lawTitle} ${unitHeading(unit)}`,
    score,
    rank: expanded === undefined ? candidate.rank : lastRank + 1 + at - hits.length,
    text,
    unit: unit.unit,
    article: referenceOf(candidate),
    bestRow: {
      row,
      ...(paragraph === undefined ? {} : { paragraph }),
      ...(item === undefined ? {} : { item }),
      ...(subitems === undefined ? {} : { subitems }),
      span: spans[best]!,
    },
    ...(expanded === undefined ? {} : { expanded }),
    ...(cut === undefined ? {} : { cut }),
  };
}

function leftOutOf(
  candidate: ContextCandidate,
  reason: LeftOutArticle["reason"],
): LeftOutArticle {
  const { unit, rows, rank, expanded } = candidate;
  return {
    unit: unit.unit,
    article: referenceOf(candidate),
    ...(expanded === undefined ? { rank } : { expanded }),
    reason,
    rows: rows.length,
    characters: rows.reduce((sum, { text }) => sum + text.length, 0),
  };
}

function referenceOf({ unit }: ContextCandidate): ArticleReference {
  const { lawId, lawTitle, lawNum, provision, amendingLawNum, num, title, caption, isDeleted } =
    unit;
  const url = egovLink(unit);
  return {
    lawId,
    lawTitle,
    lawNum,
    provision,
    ...(amendingLawNum === undefined ? {} : { amendingLawNum }),
    ...(num === undefined ? {} : { num }),
    title,
    caption,
    isDeleted,
    ...(url === undefined ? {} : { url }),
  };
}
