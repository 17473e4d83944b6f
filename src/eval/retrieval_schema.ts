import { z } from "zod";
import { FUSION_METHODS } from "../rag/fusion/fusion_method.ts";

const count = z.int().nonnegative();

/** An article of an index of laws. */
const articleSchema = z.object({
  law_id: z.string(),
  law_title: z.string(),
  provision: z.enum(["main", "supplementary", "appendix"]),
  amending_law_num: z.string().optional().describe("of the law whose 附則 it stands in"),
  num: z.string().optional().describe("in e-Gov's form, e.g. 21_2"),
  title: z.string().describe("as printed"),
  url: z.string().optional(),
});
/** An article of an index of laws. */
export type ArticleOfResult = z.infer<typeof articleSchema>;

const relationSchema = z.enum(["previous", "next", "reference"]);

/** The statutes shown with a question, without their text. */
export const shownContextSchema = z.object({
  source: z.string(),
  score: z.number(),
  rank: z.int().positive(),
  sha256: z.string().describe("of the text, hex"),
  is_gold: z.boolean().describe(
    "true where it is the question's own コンテキスト, or an article that it quotes",
  ),
  article: articleSchema.optional().describe("of an index of laws"),
  is_expanded: z.literal(true).optional().describe(
    "not found itself: it stands beside one that was found, or that one refers to it",
  ),
  relation: relationSchema.optional().describe("of an expanded one, to the one that was found"),
  of_rank: z.int().positive().optional().describe("rank of the one that was found"),
  is_cut: z.literal(true).optional().describe("some of it was left out for want of room"),
});
/** A statute shown with a question. */
export type ShownContext = z.infer<typeof shownContextSchema>;

/** An article that was found, or would have been added, and was not shown. */
export const leftOutContextSchema = z.object({
  article: articleSchema,
  rank: z.int().positive().optional().describe("of one that was found"),
  relation: relationSchema.optional().describe("of one that would have been added"),
  of_rank: z.int().positive().optional(),
  reason: z.enum(["budget", "too_many_references"]).describe(
    "no room in context_tokens, or one article refers to too many others",
  ),
});
/** An article that was not shown. */
export type LeftOutContext = z.infer<typeof leftOutContextSchema>;

/** Which index, models and servers a search used: see `SearchDescription`. */
export const searchSchema = z.object({
  index: z.object({
    folder: z.string(),
    corpus_sha256: z.string(),
    laws: count,
    articles: count,
    rows: count,
  }),
  citations: z.boolean().describe("true where what a question cites comes first"),
  text_server: z.string().optional().describe("server for words, with its version"),
  vectors: z.object({
    source: z.string().describe("folder, or server with its version"),
    model: z.string(),
    model_digest: z.string(),
    grain: z.string().describe("one vector an article, or a row"),
    approximate: z.boolean().describe("true where a graph of neighbours may miss some"),
  }).optional(),
  fusion: z.object({
    method: z.enum(FUSION_METHODS),
    rrf_k: z.number(),
    vector_weight: z.number(),
    bm25_weight: z.number(),
    fetch_k_multiplier: z.number(),
  }).optional(),
  mmr: z.object({ lambda: z.number(), fetch_k_max: z.number() }).optional(),
  reranker: z.object({
    model: z.string(),
    model_digest: z.string(),
    candidates: count.describe("hits that it reads"),
  }).optional(),
});
