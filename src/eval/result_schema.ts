import { z } from "zod";
import { CONTEXT_MODES } from "../settings/setting_table.ts";
import { EXPANSIONS } from "../rag/context/context_candidate.ts";
import { recallSummarySchema } from "../rag/recall/recall_measures.ts";
import {
  answerFields,
  count,
  errorKindSchema,
  interval,
  letter,
  letterCounts,
  share,
} from "./answer_schema.ts";
import {
  calibrationSchema,
  calibrationSummarySchema,
  orderResultFields,
  orderSummarySchema,
} from "./order_schema.ts";
import { leftOutContextSchema, searchSchema, shownContextSchema } from "./retrieval_schema.ts";

export type { ErrorKind, Outcome, Sample } from "./answer_schema.ts";

/** Raised when a reader of result files would have to change. */
export const RESULT_SCHEMA_VERSION = 1;

/** One question's result. */
export const questionResultSchema = z.object({
  index: count.describe("position in the question file, from 0"),
  question: z.string(),
  choices: z.string().describe('four lines "a …" to "d …"'),
  correct_answer: letter,
  ...answerFields,
  retrieved_docs_count: count,
  retrieved: z.array(shownContextSchema).optional(),
  left_out: z.array(leftOutContextSchema).optional().describe(
    "articles of an index that were not shown, though they were found or wanted beside those found",
  ),
  gold_articles: z.object({
    count: z.int().positive().describe("all that are named, those that the index lacks included"),
    ranks: z.array(z.int().positive()).describe("of those among the first ten articles found"),
    not_in_corpus: z.array(z.string()).optional().describe(
      "those that the index lacks, by their headings; they count as not found",
    ),
  }).optional().describe(
    "the articles that the headings of the question's コンテキスト name; searches in an index only",
  ),
  file_name: z.string(),
  order_map: z.string().optional(),
  references: z.array(z.string()),
  prompt: z.string().describe(
    "the last user message; what stands before it is in provenance.prompt",
  ),
  ensemble_runs: z.int().positive().optional(),
  ...orderResultFields,
});
/** One question's result. */
export type QuestionResult = z.infer<typeof questionResultSchema>;

/** The settings a run's answers depend on, in the older evaluator's names and ours. */
const resultConfigSchema = z.object({
  rag_enabled: z.boolean(),
  retriever_type: z.string().nullable(),
  llm_model: z.string(),
  few_shot_enabled: z.boolean(),
  cot_enabled: z.boolean(),
  reranker_enabled: z.boolean(),
  reranker_model: z.string().nullable(),
  rerank_top_n: z.int().positive().nullable().describe("reranked statutes that are shown"),
  ensemble_runs: z.int().min(2).nullable().describe("null: one answer a question"),
  top_k: z.int().positive().describe("statutes asked for; with a reranker see rerank_top_n"),
  context_tokens: z.int().positive().optional().describe(
    "most tokens of the statutes of any question, estimated: as given, else 6000, or what num_ctx " +
      "leaves beside question and answer; searches in an index only",
  ),
  expand: z.array(z.enum(EXPANSIONS)).optional().describe(
    "what was shown beside the articles found; absent: nothing",
  ),
  total_samples: z.int().positive(),
  llm_backend: z.enum(["ollama", "hf", "baseline", "vote"]),
  hf_model_name: z.string().nullable(),
  lora_path: z.string().nullable(),
  context: z.enum(CONTEXT_MODES),
  corpus: z.string().nullable().describe('"dataset": the contexts of the question file itself'),
  temperature: z.number().nonnegative(),
  seed: z.int(),
  max_tokens: z.int().positive(),
  num_ctx: z.int().positive().nullable(),
  think: z.boolean(),
  structured_output: z.boolean(),
  /** Only for the hf backend: text generated, or the four letters scored by one pass. */
  answer_mode: z.enum(["generate", "score"]).optional(),
  orders: z.literal(4).optional().describe("orders of the choices; absent: as in the file only"),
  calibrate: z.literal(true).optional().describe("the letter prior was measured"),
});
/** The settings a run's answers depend on. */
export type ResultConfig = z.infer<typeof resultConfigSchema>;

/** One baseline's score on the same questions. */
const floorSchema = z.object({
  baseline: z.string(),
  correct_count: count,
  total_count: count,
  accuracy: share,
});

/** A run in figures. A figure that could not be measured is absent. */
const hitsSchema = z.object({ correct_count: count, total_count: count });

const summarySchema = z.object({
  accuracy: share.describe("correct_count / total_count"),
  correct_count: count,
  total_count: z.int().positive(),
  accuracy_interval: interval.describe("95 % Wilson interval of accuracy"),
  wrong_count: count,
  unparsed_count: count,
  truncated_count: count,
  error_count: count,
  error_kinds: z.partialRecord(errorKindSchema, count),
  accuracy_answered: share.optional().describe("correct / (correct + wrong)"),
  answered_count: count,
  predicted_letters: letterCounts,
  gold_letters: letterCounts,
  letter_takeover: z.object({
    letter,
    count,
    answered: count,
    expected_share: share,
    p_value: share,
  }).optional().describe("one letter predicted far more often than chance explains"),
  seconds: z.number().nonnegative().describe("wall time of all sittings of this run"),
  completion_tokens: count.optional().describe("of all answers, in every order"),
  prompt_tokens: count.optional().describe("of all answers, in every order"),
  tokens_per_second: z.number().nonnegative().optional().describe(
    "generated tokens per wall second",
  ),
  recall_at_k: share.optional().describe("found_count / question_count of `retrieval`"),
  retrieval: z.object({
    found_count: count.describe("questions that were shown what settles them"),
    question_count: count.describe("questions asked with retrieval that something settles"),
  }).optional(),
  recall: recallSummarySchema.optional().describe(
    "right articles among the first k articles that the search found, whatever top_k the prompt " +
      "had; over questions of which the index has something right",
  ),
  statutes_cut: z.object({
    question_count: count.describe("questions with statutes cut or left out for want of room"),
    without_any_count: count.describe("of these, questions asked without any"),
  }).optional().describe("absent where everything had room"),
  accuracy_by_retrieval: z.object({
    found: hitsSchema.describe("questions shown something that settles them"),
    not_found: hitsSchema,
    not_in_corpus: hitsSchema.optional().describe("questions that nothing in the index settles"),
  }).optional(),
  floors: z.array(floorSchema),
  orders: orderSummarySchema.optional(),
  calibration: calibrationSummarySchema.optional(),
});
/** A run in figures. */
export type Summary = z.infer<typeof summarySchema>;

const messageSchema = z.object({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
});

/** One of the runs whose letters a result of `houqa vote` counts. */
const voterSchema = z.object({
  path: z.string(),
  sha256: z.string().describe("of the result file, hex"),
  model: z.string(),
  model_digest: z.string().optional(),
  adapter: z.string().optional(),
  adapter_digest: z.string().optional(),
  config: resultConfigSchema.optional().describe("absent for files of the older evaluator"),
});
/** One of the runs that voted. */
export type Voter = z.infer<typeof voterSchema>;

/** Where a result came from. */
const provenanceSchema = z.object({
  houqa_version: z.string(),
  extraction_version: z.int().positive().describe("of the rules that read letters from answers"),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime(),
  sittings: z.int().positive().describe("1, and one more for every time the run was resumed"),
  dataset: z.object({ path: z.string(), sha256: z.string(), question_count: z.int().positive() }),
  prompt: z.object({
    version: z.int(),
    sha256: z.string(),
    messages_before_question: z.array(messageSchema).describe(
      "what stood before the first question; worked examples follow whether there is a context",
    ),
  }),
  llm: z.object({
    backend: z.enum(["ollama", "hf", "baseline", "vote"]),
    model: z.string(),
    model_digest: z.string().optional(),
    adapter: z.string().optional(),
    adapter_digest: z.string().optional(),
    exporter: z.string().optional().describe(
      "version of houqa's exporter that made the graph and, for q8, how it stores integers",
    ),
    dtype: z.string().optional(),
    device: z.string().optional(),
    context_length: z.int().positive().optional(),
    num_ctx: z.int().positive().optional(),
    versions: z.record(z.string(), z.string()),
  }),
  calibration: calibrationSchema.optional(),
  search: searchSchema.optional().describe("how an index of laws was searched"),
  voters: z.array(voterSchema).min(2).optional().describe(
    "of a result of houqa vote, whose llm.backend is vote; `config` is that of the first voter " +
      "except for what names the model",
  ),
  settings: z.record(z.string(), z.object({ value: z.unknown(), origin: z.string() })),
  runtime: z.object({ deno: z.string(), os: z.string(), arch: z.string() }),
});
/** Where a result came from. */
export type Provenance = z.infer<typeof provenanceSchema>;

/** A whole result file. */
export const resultFileSchema = z.object({
  schema_version: z.literal(RESULT_SCHEMA_VERSION),
  config: resultConfigSchema,
  summary: summarySchema,
  provenance: provenanceSchema,
  results: z.array(questionResultSchema),
});
/** A whole result file. */
export type ResultFile = z.infer<typeof resultFileSchema>;
