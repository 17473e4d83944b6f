import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../settings/usage_error.ts";

/** A reranker as its folder describes it. */
export type RerankerFolder =
  /** A decoder that answers yes or no. */
  | { readonly kind: "causal" }
  /** An encoder that reads query and text as a pair and gives one logit, or two. */
  | {
    readonly kind: "cross_encoder";
    /** Longest pair, in tokens. */
    readonly maxTokens: number;
    /** Fills up shorter pairs, where a file tells. */
    readonly padToken?: number;
    /** First position, for architectures that count them from the padding token's number. */
    readonly firstPosition: number;
    /** Index of the logit that says a text fits, where there are two. */
    readonly fitsLabel: number;
  };

const configSchema = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  model_type: z.string(),
  max_position_embeddings: z.number().positive().nullish(),
  pad_token_id: z.int().nonnegative().nullish(),
  num_labels: z.int().positive().nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
});
const tokenizerSchema = z.looseObject({ model_max_length: z.number().positive().nullish() });

/** Architectures whose positions start after the padding token's number. */
const SHIFTED_POSITIONS = new Set(["roberta", "xlm-roberta", "camembert"]);
/** Tokenizers write a huge number where they know no limit. */
const MOST_TOKENS = 1e6;
const FALLBACK_TOKENS = 512;
/** What a label may be called that says no, whatever its number. */
const NEGATIVE = /^(label_0|no|not|negative|irrelevant|not_relevant|false|0)$/i;

/**
 * Tells by config.json which kind of reranker a folder holds.
 * @throws {UsageError} when it is none that can be run here, or the file is missing or damaged.
 */
export async function readRerankerFolder(folder: string): Promise<RerankerFolder> {
  const config = await readJson(folder, "config.json", configSchema);
  const tokenizer = await readJson(folder, "tokenizer_config.json", tokenizerSchema);
  const { architectures, model_type: modelType } = config;
  const [architecture = modelType] = architectures ?? [];
  if (/ForCausalLM$/.test(architecture)) {
    if (/^qwen[23]$/.test(modelType)) return { kind: "causal" };
    throw new UsageError(
      `${folder} is a ${architecture}, and only Qwen's decoders are known to answer yes or no as ` +
        "rerankers do. Take Qwen/Qwen3-Reranker-0.6B, or a cross-encoder with onnx/.",
    );
  }
  if (!/ForSequenceClassification$/.test(architecture)) {
    throw new UsageError(
      `${folder} is a ${architecture}, which is no reranker. Take Qwen/Qwen3-Reranker-0.6B, or a ` +
        "cross-encoder (…ForSequenceClassification) with onnx/.",
    );
  }
  if (/^qwen/.test(modelType)) {
    throw new UsageError(
      `${folder} is a Qwen reranker rebuilt as a classifier (${architecture}), which needs a prompt ` +
        "that its files don't hold. Take the original, e.g. Qwen/Qwen3-Reranker-0.6B.",
    );
  }
  const labels = config.num_labels ?? (Object.keys(config.id2label ?? {}).length || undefined);
  if (labels !== undefined && labels > 2) {
    throw new UsageError(
      `${folder} sorts texts into ${labels} classes (config.json): a reranker gives one or two.`,
    );
  }
  const isShifted = SHIFTED_POSITIONS.has(modelType);
  const padToken = config.pad_token_id ?? undefined;
  const firstPosition = isShifted ? (padToken ?? 1) + 1 : 0;
  const limits = [
    tokenizer.model_max_length,
    config.max_position_embeddings && config.max_position_embeddings - firstPosition,
  ].flatMap((limit) => limit && limit < MOST_TOKENS ? [Math.floor(limit)] : []);
  return {
    kind: "cross_encoder",
    maxTokens: limits.length === 0 ? FALLBACK_TOKENS : Math.min(...limits),
    ...(padToken === undefined ? {} : { padToken }),
    firstPosition,
    fitsLabel: NEGATIVE.test(config.id2label?.["1"] ?? "") ? 0 : 1,
  };
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const path = join(folder, name);
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join(".")}: ${issue?.message}`);
}
