import { join } from "node:path";
import { z } from "zod";
import { dataFilesIn } from "../hub/local_folder.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type ExportDtype, modelFileName } from "../onnx/export_dtype.ts";
import type { CacheShape } from "./causal_model.ts";

/** An ONNX model on disk as its configuration describes it. */
export interface ModelFolder {
  readonly folder: string;
  /** The `.onnx` file. */
  readonly modelPath: string;
  /** Names of the data files beside it. */
  readonly dataFiles: readonly string[];
  readonly shape: CacheShape;
  /** Whether houqa exported it. */
  readonly isOurs: boolean;
  /** Longest sequence, in tokens. */
  readonly maxPositions: number;
  /** Tokens that end an answer. */
  readonly endTokens: readonly number[];
  /** For sampling: 0 = all tokens. */
  readonly topK: number;
  /** For sampling: 1 = all tokens. */
  readonly topP: number;
}

const tokenIds = z.union([z.int(), z.array(z.int())]).nullish()
  .transform((ids) => ids === null || ids === undefined ? [] : [ids].flat());

const configSchema = z.object({
  num_hidden_layers: z.int().positive(),
  num_attention_heads: z.int().positive(),
  num_key_value_heads: z.int().positive().nullish(),
  hidden_size: z.int().positive(),
  head_dim: z.int().positive().nullish(),
  max_position_embeddings: z.int().positive(),
  eos_token_id: tokenIds,
});

const generationSchema = z.object({
  eos_token_id: tokenIds,
  top_k: z.int().nonnegative().nullish(),
  top_p: z.number().positive().max(1).nullish(),
});

/**
 * Reads what running a model needs to know of its folder.
 * @throws {UsageError} when a file is missing or says something else than a decoder's.
 */
export async function readModelFolder(folder: string, dtype: ExportDtype): Promise<ModelFolder> {
  const config = await readJson(join(folder, "config.json"), configSchema);
  const generation = await readJson(join(folder, "generation_config.json"), generationSchema, {});
  const file = modelFileName(dtype);
  const modelPath = join(folder, "onnx", file);
  try {
    await Deno.stat(modelPath);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(
      `${folder} has no onnx/${file}: choose --hf-dtype by what is there, or give the safetensors.`,
    );
  }
  const heads = config.num_attention_heads;
  return {
    folder,
    modelPath,
    dataFiles: await dataFilesIn(folder, file),
    shape: {
      layers: config.num_hidden_layers,
      kvHeads: config.num_key_value_heads ?? heads,
      headDim: config.head_dim ?? config.hidden_size / heads,
    },
    isOurs: await Deno.stat(join(folder, "export.json")).then(() => true, () => false),
    maxPositions: config.max_position_embeddings,
    endTokens: [...new Set([...generation.eos_token_id, ...config.eos_token_id])],
    topK: generation.top_k ?? 0,
    topP: generation.top_p ?? 1,
  };
}

async function readJson<T>(path: string, schema: z.ZodType<T>, missing?: unknown): Promise<T> {
  let value: unknown = missing;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (!(error instanceof Deno.errors.NotFound) || missing === undefined) {
      throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
    }
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join(".")}: ${issue?.message}`);
}
