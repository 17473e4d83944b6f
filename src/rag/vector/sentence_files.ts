import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../settings/usage_error.ts";

const size = z.number().positive();

const SCHEMAS = {
  "config.json": z.looseObject({
    model_type: z.string(),
    _name_or_path: z.string().nullish(),
    max_position_embeddings: size.nullish(),
    pad_token_id: z.int().nonnegative().nullish(),
    num_hidden_layers: z.int().positive().nullish(),
    num_attention_heads: z.int().positive().nullish(),
    num_key_value_heads: z.int().positive().nullish(),
    hidden_size: z.int().positive().nullish(),
    head_dim: z.int().positive().nullish(),
  }),
  "tokenizer_config.json": z.looseObject({ model_max_length: size.nullish() }),
  "modules.json": z.array(z.looseObject({ type: z.string(), path: z.string().default("") })),
  "config_sentence_transformers.json": z.looseObject({
    prompts: z.record(z.string(), z.string()).nullish(),
    similarity_fn_name: z.string().nullish(),
  }),
  "sentence_bert_config.json": z.looseObject({ max_seq_length: size.nullish() }),
  "1_Pooling/config.json": z.looseObject({}),
} as const;

/** Files of a model's folder that are read here. */
export type SentenceFile = keyof typeof SCHEMAS;

/**
 * One of the files; undefined where the model has none.
 * @throws {UsageError} when it can't be read or says something else.
 */
export async function readSentenceFile<N extends SentenceFile>(
  folder: string,
  name: N,
): Promise<z.infer<(typeof SCHEMAS)[N]> | undefined> {
  const path = join(folder, name);
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
  const parsed = SCHEMAS[name].safeParse(value);
  if (parsed.success) return parsed.data as z.infer<(typeof SCHEMAS)[N]>;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".");
  throw new UsageError(`${path}: ${place ? `${place}: ` : ""}${issue?.message}`);
}
