import type { z } from "zod";
import { EXPORT_DTYPES } from "../onnx/export_dtype.ts";
import { EXPANSIONS } from "../rag/context/context_candidate.ts";
import { FUSION_METHODS } from "../rag/fusion/fusion_method.ts";
import { DEVICES } from "../runtime/device.ts";
import {
  batchSize,
  decimalNumber,
  listOf,
  oneOf,
  orderCount,
  someText,
  truthValue,
  wholeNumber,
} from "./setting_schemas.ts";

/** One setting: where it may be given, what it may be, what holds when nobody gives it. */
export interface SettingDefinition<T = unknown> {
  /** Command-line flags as commander reads them; absent where only the environment sets it. */
  readonly flags?: string;
  /** Environment variables, the first one first. */
  readonly env?: readonly string[];
  readonly schema: z.ZodType<T, string>;
  /** Absent: no default; the value is then `undefined`. */
  readonly fallback?: NoInfer<T>;
  /** How the missing default is shown. */
  readonly fallbackText?: string;
  readonly help: string;
  /** True where the value may hold a password or token. */
  readonly secret?: boolean;
}

function define<T>(
  definition: SettingDefinition<T> & { fallback: NoInfer<T> },
): SettingDefinition<T> & { fallback: T };
function define<T>(definition: SettingDefinition<T>): SettingDefinition<T>;
function define<T>(definition: SettingDefinition<T>): SettingDefinition<T> {
  return definition;
}

/** Where the questions are after `deno task dataset:fetch`. */
export const DEFAULT_DATA = "datasets/lawqa_jp/data/selection.json";

/** Retrievers that exist by name. */
export const RETRIEVER_TYPES = ["bm25", "vector", "hybrid", "cite"] as const;
/** A way to search: `RETRIEVER_TYPE`. */
export type RetrieverType = (typeof RETRIEVER_TYPES)[number];
/** Where the hf backend can run; auto takes the first that works. */
export const HF_DEVICES = ["auto", ...DEVICES] as const;
/** How the hf backend comes to an answer: it writes one, or its four letters are compared. */
export const ANSWER_MODES = ["generate", "score"] as const;
/** One of the {@linkcode ANSWER_MODES}. */
export type AnswerMode = (typeof ANSWER_MODES)[number];
/** What stands before the question. */
export const CONTEXT_MODES = ["none", "gold", "retrieved"] as const;
/** Where the statutes before a question come from. */
export type ContextMode = (typeof CONTEXT_MODES)[number];

/** How the model is asked: one letter at once, or reasoning first ("chain of thought"). */
export type PromptMode = "direct" | "cot";

/** Ways to answer without reading: one fixed letter, the longest choice, the most familiar one. */
export const BASELINE_RULES = [
  "always:a",
  "always:b",
  "always:c",
  "always:d",
  "longest",
  "overlap",
] as const;
/** One of the {@linkcode BASELINE_RULES}. */
export type BaselineRule = (typeof BASELINE_RULES)[number];

/** The largest seed every backend takes. */
export const MAX_SEED = 2 ** 31 - 1;

/** Every setting by its name in result files and `houqa settings`. */
export const SETTING_TABLE = {
  llm_backend: define({
    flags: "--llm-backend <name>",
    env: ["LLM_BACKEND", "LLM_PROVIDER"],
    schema: oneOf(["ollama", "hf"]),
    fallback: "ollama",
    help: "where the model runs: ollama or hf",
  }),
  llm_model: define({
    flags: "--llm-model <name>",
    env: ["LLM_MODEL"],
    schema: someText,
    fallback: "qwen3:8b",
    help: "Ollama's model name (never used for hf)",
  }),
  ollama_host: define({
    env: ["OLLAMA_HOST"],
    schema: someText,
    fallback: "http://127.0.0.1:11434",
    help: "Ollama server: host, host:port or URL",
    secret: true,
  }),
  hf_model_name: define({
    flags: "--hf-model-name <name>",
    env: ["HF_MODEL_NAME"],
    schema: someText,
    fallbackText: "none",
    help: "model for the hf backend: a folder or Org/Name[@revision]",
  }),
  lora_path: define({
    flags: "--hf-lora-path <folder>",
    env: ["LORA_PATH"],
    schema: someText,
    fallbackText: "none",
    help: "LoRA adapter for the hf backend",
  }),
  load_in_4bit: define({
    flags: "--hf-load-in-4bit",
    env: ["LOAD_IN_4BIT"],
    schema: truthValue,
    fallback: false,
    help: "4-bit weights for the hf backend",
  }),
  hf_device: define({
    flags: "--hf-device <name>",
    env: ["HF_DEVICE"],
    schema: oneOf(HF_DEVICES),
    fallback: "auto",
    help: "where the hf backend runs: auto, cuda, webgpu, cpu or wasm",
  }),
  hf_dtype: define({
    flags: "--hf-dtype <type>",
    env: ["HF_DTYPE"],
    schema: oneOf(EXPORT_DTYPES),
    fallbackText: "q4f16 on cuda, q4 on webgpu, q8 on cpu and wasm",
    help: "precision of the hf backend's weights: fp32, fp16, q8, q4 or q4f16",
  }),
  answer_mode: define({
    flags: "--answer-mode <mode>",
    schema: oneOf(ANSWER_MODES),
    fallback: "generate",
    help: "hf backend: generate text, or score the four letters by one pass",
  }),
  batch_size: define({
    flags: "--batch-size <n>",
    schema: batchSize,
    fallback: "auto",
    help:
      "hf backend, direct answers: questions read together; auto: 1 on processors, on GPUs what is faster",
  }),
  temperature: define({
    flags: "--temperature <t>",
    env: ["LLM_TEMPERATURE"],
    schema: decimalNumber(0, 2),
    fallbackText: "0; 0.7 with --ensemble above 1",
    help: "sampling temperature, 0 = always the most likely token",
  }),
  max_tokens: define({
    flags: "--max-tokens <n>",
    env: ["LLM_MAX_TOKENS"],
    schema: wholeNumber(1, 1_000_000),
    fallbackText: "16 direct, 1024 with --use-cot, 4096 with --think",
    help: "longest answer in tokens",
  }),
  seed: define({
    flags: "--seed <n>",
    schema: wholeNumber(0, MAX_SEED),
    fallback: 42,
    help: "random seed; sample k of an ensemble uses seed + k",
  }),
  num_ctx: define({
    flags: "--num-ctx <n>",
    schema: wholeNumber(64, 10_000_000),
    fallbackText: "from the longest prompt",
    help: "Ollama's context window in tokens",
  }),
  timeout: define({
    flags: "--timeout <seconds>",
    schema: decimalNumber(0.001, 86_400),
    fallback: 300,
    help: "longest wait for one answer, in seconds",
  }),
  concurrency: define({
    flags: "--concurrency <n>",
    schema: wholeNumber(1, 256),
    fallback: 1,
    help: "questions in flight at once",
  }),
  think: define({
    flags: "--think",
    schema: truthValue,
    fallback: false,
    help: "let a reasoning model think before it answers (--no-think: not)",
  }),
  structured: define({
    flags: "--structured",
    schema: truthValue,
    fallbackText: "on in direct mode without --think",
    help: "constrain a direct answer to one letter where the server can (--no-structured: not)",
  }),
  data: define({
    flags: "--data <file>",
    schema: someText,
    fallback: DEFAULT_DATA,
    help: "questions in the lawqa_jp format",
  }),
  output: define({
    flags: "--output <file>",
    schema: someText,
    fallbackText: "results/evaluations/<settings>.json",
    help: "result file",
  }),
  samples: define({
    flags: "--samples <n>",
    schema: wholeNumber(1),
    fallbackText: "all",
    help: "only the first n questions",
  }),
  context: define({
    flags: "--context <mode>",
    schema: oneOf(CONTEXT_MODES),
    fallback: "retrieved",
    help: "statutes before the question: none, gold (the file's own) or retrieved",
  }),
  law_index: define({
    flags: "--index <folder>",
    env: ["LAW_INDEX"],
    schema: someText,
    fallbackText: "none: the question file's own contexts are searched",
    help: "laws to search: a folder that houqa laws build has made",
  }),
  retriever_type: define({
    flags: "--retriever <name>",
    env: ["RETRIEVER_TYPE"],
    schema: oneOf(RETRIEVER_TYPES),
    fallback: "bm25",
    help: "how statutes are found: bm25, cite, vector or hybrid",
  }),
  citations: define({
    flags: "--citations",
    env: ["USE_CITATIONS"],
    schema: truthValue,
    fallback: true,
    help: "look up what a question cites by law and number as well (--no-citations: not)",
  }),
  expand: define({
    flags: "--expand <kinds>",
    env: ["EXPAND_CONTEXT"],
    schema: listOf(EXPANSIONS),
    fallbackText: "none",
    help: "also show neighbours, references or both (neighbours,references) of what was found",
  }),
  context_tokens: define({
    flags: "--context-tokens <n>",
    schema: wholeNumber(1),
    fallbackText: "6000, less where --num-ctx leaves less",
    help: "most tokens of the statutes found in an index, cut at sentences (estimated)",
  }),
  top_k: define({
    flags: "--top-k <n>",
    env: ["RETRIEVER_TOP_K"],
    schema: wholeNumber(1, 1000),
    fallback: 3,
    help: "retrieved statutes per question",
  }),
  text_server: define({
    flags: "--text-server <address>",
    env: ["HOUQA_TEXT_SERVER"],
    schema: someText,
    fallbackText: "none: the index's own files",
    help: "OpenSearch with the index's texts: opensearch+https://host:9200/name",
  }),
  vector_store_path: define({
    flags: "--vector-store <place>",
    env: ["VECTOR_STORE_PATH"],
    schema: someText,
    fallbackText: "<index>_vectors",
    help: "vectors: folder of houqa laws embed, or qdrant+https://host:6333/name",
  }),
  embedding_model: define({
    flags: "--embedding-model <name>",
    env: ["EMBEDDING_MODEL"],
    schema: someText,
    fallbackText: "the one that the vectors were made with",
    help: "embedding model: a folder, Org/Name[@revision] or ollama:<name>",
  }),
  embedding_device: define({
    flags: "--embedding-device <name>",
    env: ["EMBEDDING_DEVICE"],
    schema: oneOf(HF_DEVICES),
    fallback: "auto",
    help: "where embedding models and rerankers run: auto, cuda, webgpu, cpu or wasm",
  }),
  fusion_method: define({
    flags: "--fusion-method <name>",
    env: ["FUSION_METHOD"],
    schema: oneOf(FUSION_METHODS),
    fallback: "rrf",
    help: "how hybrid puts two rankings together: rrf, weighted_rrf or weighted",
  }),
  rrf_k: define({
    flags: "--rrf-k <k>",
    env: ["RRF_K"],
    schema: decimalNumber(1, 10_000),
    fallback: 60,
    help: "k of reciprocal rank fusion",
  }),
  vector_weight: define({
    flags: "--vector-weight <w>",
    env: ["VECTOR_WEIGHT"],
    schema: decimalNumber(0, 1000),
    fallback: 0.5,
    help: "weight of the vectors' ranking in weighted fusion",
  }),
  bm25_weight: define({
    flags: "--bm25-weight <w>",
    env: ["BM25_WEIGHT"],
    schema: decimalNumber(0, 1000),
    fallback: 0.5,
    help: "weight of bm25's ranking in weighted fusion",
  }),
  fetch_k_multiplier: define({
    flags: "--fetch-k-multiplier <n>",
    env: ["FETCH_K_MULTIPLIER"],
    schema: wholeNumber(1, 100),
    fallback: 2,
    help: "hits that hybrid takes of each ranking for each that is wanted",
  }),
  use_mmr: define({
    flags: "--use-mmr",
    env: ["USE_MMR"],
    schema: truthValue,
    fallback: true,
    help: "move vector hits that repeat each other back (--no-use-mmr: not)",
  }),
  mmr_lambda: define({
    flags: "--mmr-lambda <l>",
    env: ["MMR_LAMBDA"],
    schema: decimalNumber(0, 1),
    fallback: 0.5,
    help: "from 0 (difference counts) to 1 (closeness counts)",
  }),
  mmr_fetch_k_max: define({
    flags: "--mmr-fetch-k-max <n>",
    env: ["MMR_FETCH_K_MAX"],
    schema: wholeNumber(1, 10_000),
    fallback: 50,
    help: "most vector hits that are compared with each other",
  }),
  reranker_enabled: define({
    flags: "--use-reranker",
    env: ["RERANKER_ENABLED"],
    schema: truthValue,
    fallback: false,
    help: "let a model read what was found and put it in order",
  }),
  reranker_model: define({
    flags: "--reranker-model <name>",
    env: ["RERANKER_MODEL"],
    schema: someText,
    fallbackText: "none",
    help: "reranker: a folder or Org/Name[@revision], Qwen3-Reranker or a cross-encoder",
  }),
  rerank_top_n: define({
    flags: "--rerank-top-n <n>",
    env: ["RERANKER_TOP_N"],
    schema: wholeNumber(1, 1000),
    fallbackText: "--top-k, of four times as many",
    help: "statutes kept of --top-k after reranking",
  }),
  data_path: define({
    env: ["DATA_PATH"],
    schema: someText,
    fallbackText: "none",
    help: "the law corpus (not the questions: those are --data)",
  }),
  use_cot: define({
    flags: "--use-cot",
    schema: truthValue,
    fallback: false,
    help: "chain of thought: reason first, then answer",
  }),
  few_shot: define({
    flags: "--few-shot",
    schema: truthValue,
    fallback: true,
    help: "show worked fictional examples first (--no-few-shot: not)",
  }),
  ensemble: define({
    flags: "--ensemble <k>",
    schema: wholeNumber(1, 1000),
    fallback: 1,
    help: "samples per question, decided by majority",
  }),
  orders: define({
    flags: "--orders <n>",
    schema: orderCount,
    fallback: 1,
    help: "4: ask each question in four orders of its choices, and measure what the order changes",
  }),
  calibrate: define({
    flags: "--calibrate",
    schema: truthValue,
    fallback: false,
    help: "also report answers with the letter prior of a blank question taken off",
  }),
  baseline: define({
    flags: "--baseline <rule>",
    schema: oneOf(BASELINE_RULES),
    fallbackText: "none",
    help: "no model: always:<letter>, longest choice, or most overlap with the context",
  }),
  max_errors: define({
    flags: "--max-errors <n>",
    schema: wholeNumber(1),
    fallbackText: "none",
    help: "stop after this many questions ended in an error",
  }),
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof SETTING_TABLE;

type ValueOf<D> = D extends { fallback: infer _F; schema: z.ZodType<infer T, string> } ? T
  : D extends { schema: z.ZodType<infer T, string> } ? T | undefined
  : never;

/** All effective values. A setting without default that nobody gave is `undefined`. */
export type Settings = { readonly [K in SettingName]: ValueOf<(typeof SETTING_TABLE)[K]> };

/** Settings of a search in an index. */
export const INDEX_SETTINGS = [
  "law_index",
  "retriever_type",
  "citations",
  "expand",
  "context_tokens",
  "text_server",
  "vector_store_path",
  "embedding_model",
  "embedding_device",
  "fusion_method",
  "rrf_k",
  "vector_weight",
  "bm25_weight",
  "fetch_k_multiplier",
  "use_mmr",
  "mmr_lambda",
  "mmr_fetch_k_max",
  "reranker_enabled",
  "reranker_model",
  "rerank_top_n",
] as const satisfies readonly SettingName[];
