import { z } from "zod";

/** How many of the first articles are looked at. */
export const RECALL_DEPTHS = [1, 3, 5, 10] as const;

/** What a search found for one question, and what it should have found. */
export interface RankedAnswer {
  /** Keys of what was found, best first, each once. */
  readonly ranked: readonly string[];
  /** Keys of what is right; at least one. */
  readonly gold: ReadonlySet<string>;
  /** How many more are right that the corpus does not have, so that no search finds them. */
  readonly notInCorpus?: number;
}

const rate = z.number().min(0).max(1);
const count = z.number().int().nonnegative();
const byDepth = <T extends z.ZodType>(value: T) =>
  z.object({ "1": value, "3": value, "5": value, "10": value });

/** How good a search was over several questions, as result files hold it. */
export const recallSummarySchema = z.object({
  questions: count.describe("those with at least one right article in the corpus"),
  any_at: byDepth(count).describe("questions with a right article among the first k"),
  all_at: byDepth(count).describe("questions with all their right articles among the first k"),
  recall_at: byDepth(rate).optional().describe(
    "mean share of a question's right articles among the first k; those that the corpus lacks " +
      "count as not found",
  ),
  mrr_at_10: rate.optional().describe(
    "mean of 1/rank of the first right article, 0 where the first ten have none",
  ),
  not_in_corpus: z.object({
    articles: count.describe("right articles of these questions that the corpus lacks"),
    questions: count.describe("of these questions, those with such an article"),
  }).optional().describe("absent where nothing is missing"),
});

/** See {@linkcode recallSummarySchema}. */
export type RecallSummary = z.infer<typeof recallSummarySchema>;

/**
 * Measures a search over questions. Questions have one right article or several, and which of them
 * the answer needs is not known, so both counts are given: any and all.
 *
 * A question counts where the corpus has at least one of its right articles, and then with all that
 * it names: those that the corpus lacks count as not found, as relevant documents outside a collection
 * do in TREC's evaluations, and their number stands beside. Otherwise a corpus with less of what is
 * right would show a better recall.
 *
 * recall@k is the share of the relevant that is among the first k (Manning, Raghavan and Schütze,
 * "Introduction to Information Retrieval", 2008, chapter 8.4), here averaged over the questions;
 * the reciprocal rank is from Voorhees, "The TREC-8 Question Answering Track Report", 1999.
 */
export function measureRecall(answers: readonly RankedAnswer[]): RecallSummary {
  const shares = (depth: number) =>
    answers.map(({ ranked, gold, notInCorpus = 0 }) =>
      ranked.slice(0, depth).filter((key) => gold.has(key)).length / (gold.size + notInCorpus)
    );
  const perDepth = (value: (depth: number) => number) => {
    const [one, three, five, ten] = RECALL_DEPTHS.map(value);
    return { "1": one!, "3": three!, "5": five!, "10": ten! };
  };
  const counts = {
    questions: answers.length,
    any_at: perDepth((depth) => shares(depth).filter((share) => share > 0).length),
    all_at: perDepth((depth) => shares(depth).filter((share) => share === 1).length),
  };
  if (answers.length === 0) return counts;
  const missing = answers.map(({ notInCorpus = 0 }) => notInCorpus).filter((number) => number > 0);
  return {
    ...counts,
    recall_at: perDepth((depth) => mean(shares(depth))),
    mrr_at_10: mean(answers.map((answer) => {
      const rank = rankOf(answer);
      return rank === undefined || rank > 10 ? 0 : 1 / rank;
    })),
    ...(missing.length === 0 ? {} : {
      not_in_corpus: {
        articles: missing.reduce((sum, number) => sum + number, 0),
        questions: missing.length,
      },
    }),
  };
}

/** Rank, from 1, of the first right one; undefined where none was found. */
export function rankOf({ ranked, gold }: RankedAnswer): number | undefined {
  const place = ranked.findIndex((key) => gold.has(key));
  return place < 0 ? undefined : place + 1;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
