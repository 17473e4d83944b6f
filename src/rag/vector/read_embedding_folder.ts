import { basename, join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import { modelFamily } from "./model_prompts.ts";
import { readPooling, type StatePooling } from "./read_pooling.ts";
import { readSentenceFile } from "./sentence_files.ts";

/** How a model in a folder is used, by its own files and, where they say nothing, by its name. */
export interface EmbeddingFolder {
  readonly folder: string;
  readonly modelType: string;
  /** How the graph's states are pooled, unless it does that itself. */
  readonly pooling: StatePooling;
  /** True where a layer follows the pooling that only the graph itself can hold. */
  readonly needsOwnPooling: boolean;
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  /** Longest text the model takes, in tokens. */
  readonly maxTokens: number;
  /** Token that fills up shorter texts, where a file tells. */
  readonly padToken?: number;
  /** For graphs that ask for a cache. */
  readonly cache?: { readonly kvHeads: number; readonly headDim: number };
  /** Sentences on what no file told and was taken by the model's name. */
  readonly notes: readonly string[];
}

/** Names under which sentence-transformers keeps what stands before a passage, in its order. */
const PASSAGE_PROMPTS = ["document", "passage", "corpus"];
/** Architectures whose positions start after the padding token's number. */
const SHIFTED_POSITIONS = new Set(["roberta", "xlm-roberta", "camembert"]);
/** Architectures that read from left to right: only the last token has read everything. */
const DECODERS = new Set(["qwen2", "qwen3", "llama", "mistral", "gemma", "gemma2"]);
/** Tokenizers write a huge number where they know no limit. */
const MOST_TOKENS = 1e6;
const FALLBACK_TOKENS = 512;

/**
 * Reads config.json, tokenizer_config.json and the files of sentence-transformers.
 * @param name as the user calls the model.
 * @throws {UsageError} when a file is missing, damaged, or asks for what is not done here.
 */
export async function readEmbeddingFolder(folder: string, name: string): Promise<EmbeddingFolder> {
  const config = await readSentenceFile(folder, "config.json");
  if (config === undefined) throw new UsageError(`${folder} has no config.json.`);
  const modules = await readSentenceFile(folder, "modules.json");
  const sentences = await readSentenceFile(folder, "config_sentence_transformers.json");
  const notes: string[] = [];
  const { _name_or_path: origin, model_type: modelType } = config;
  const family = modelFamily([name, basename(folder), origin ?? ""]);
  if (sentences?.similarity_fn_name === "dot") {
    notes.push(
      `${name} was trained for dot products; houqa compares directions only (cosine).`,
    );
  }

  const prompts = sentences?.prompts ?? {};
  const told = {
    query: prompts.query ?? "",
    passage: PASSAGE_PROMPTS.map((key) => prompts[key]).find((prompt) => prompt !== undefined) ??
      "",
  };
  // Newer versions write both empty where nobody set them.
  const isTold = told.query !== "" || told.passage !== "";
  const { query: queryPrefix, passage: passagePrefix } = isTold ? told : family ?? told;
  if (!isTold && family !== undefined && (family.query !== "" || family.passage !== "")) {
    notes.push(
      `${name}: no file says what to put before texts; as for ${family.name} models, ` +
        `${JSON.stringify(family.query)} before queries and ${JSON.stringify(family.passage)} ` +
        "before passages.",
    );
  }

  return {
    folder,
    modelType,
    pooling: await poolingOf(folder, modelType, notes, name, family?.pooling),
    needsOwnPooling: modules?.some(({ type }) => /\.(Dense|LayerNorm|CNN|LSTM)$/.test(type)) ??
      false,
    queryPrefix,
    passagePrefix,
    maxTokens: await maxTokensOf(folder, modelType, config.max_position_embeddings),
    ...(typeof config.pad_token_id === "number" ? { padToken: config.pad_token_id } : {}),
    ...cacheOf(config),
    notes,
  };
}

async function poolingOf(
  folder: string,
  modelType: string,
  notes: string[],
  name: string,
  byFamily: StatePooling | undefined,
): Promise<StatePooling> {
  const config = await readSentenceFile(folder, "1_Pooling/config.json");
  if (config !== undefined) return readPooling(config, join(folder, "1_Pooling", "config.json"));
  const byType = DECODERS.has(modelType) ? "last_token" : "mean";
  const pooling = byFamily ?? byType;
  const reason = byFamily === undefined ? `as ${modelType} models mostly` : "by its name";
  notes.push(
    `${name} has no 1_Pooling/config.json: its pooling is taken to be ${pooling}, ${reason}.`,
  );
  return pooling;
}

/** The smallest of the limits that the files tell. */
async function maxTokensOf(
  folder: string,
  modelType: string,
  positions: number | null | undefined,
): Promise<number> {
  const sentence = await readSentenceFile(folder, "sentence_bert_config.json");
  const tokenizer = await readSentenceFile(folder, "tokenizer_config.json");
  const shift = SHIFTED_POSITIONS.has(modelType) ? 2 : 0;
  const limits = [
    sentence?.max_seq_length,
    tokenizer?.model_max_length,
    positions && positions - shift,
  ].flatMap((limit) => limit && limit < MOST_TOKENS ? [Math.floor(limit)] : []);
  return limits.length === 0 ? FALLBACK_TOKENS : Math.min(...limits);
}

function cacheOf(
  config: NonNullable<Awaited<ReturnType<typeof readSentenceFile<"config.json">>>>,
): Pick<EmbeddingFolder, "cache"> {
  const { num_attention_heads: heads, hidden_size: hiddenSize } = config;
  if (!heads || !hiddenSize) return {};
  const kvHeads = config.num_key_value_heads ?? heads;
  return { cache: { kvHeads, headDim: config.head_dim ?? hiddenSize / heads } };
}
