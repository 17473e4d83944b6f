/** For tests: a Qwen model of a few ten thousand random weights, with a tokenizer of single bytes. */
import { join } from "node:path";
import { seededRandom } from "../../tasks/demo/random.ts";
import {
  type DoubleTensors,
  loraTensors,
  TINY_LORA,
  TINY_QWEN3,
  tinyTensors,
  writeAdapter,
  writeCheckpoint,
} from "./checkpoint_double.ts";
import { STORED_BYTES, type StoredType } from "./tensor_source.ts";

/** Ids of the tokens behind the 256 bytes. */
export const SPECIAL_TOKENS = {
  "<|endoftext|>": 256,
  "<|im_start|>": 257,
  "<|im_end|>": 258,
  "<think>": 259,
  "</think>": 260,
} as const;

/** config.json of a small qwen3; some ids have no token, as in the real models. */
export const SMALL_QWEN3: Readonly<Record<string, unknown>> = {
  ...TINY_QWEN3,
  eos_token_id: 258,
  head_dim: 16,
  hidden_size: 64,
  intermediate_size: 96,
  max_position_embeddings: 4096,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  tie_word_embeddings: true,
  vocab_size: 288,
};

/** One layer with one head: quick even where attention is computed in JavaScript. */
export const SMALLEST_QWEN3: Readonly<Record<string, unknown>> = {
  ...SMALL_QWEN3,
  layer_types: ["full_attention"],
  num_attention_heads: 1,
  num_hidden_layers: 1,
  num_key_value_heads: 1,
};

/** ChatML without a system message; `enable_thinking: false` closes the thinking at once, as Qwen3's. */
export const CHAT_TEMPLATE = `{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}`;

/** Fills tensors with seeded noise: weights ±0.25, norms around 1. */
export function randomTensors(
  shapes: DoubleTensors,
  seed: number,
  dtype: StoredType = "F32",
): DoubleTensors {
  const random = seededRandom(seed);
  return new Map(
    [...shapes].map(([name, { shape }]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const isNorm = /norm\.weight$/.test(name);
      const values = Float32Array.from(
        { length: count },
        () => isNorm ? 0.75 + random.next() / 2 : (random.next() - 0.5) / 2,
      );
      return [name, { dtype, shape, bytes: narrow(values, dtype) }];
    }),
  );
}

/** Values as bytes of a type; bfloat16 by cutting. */
export function narrow(values: Float32Array, dtype: StoredType): Uint8Array {
  if (STORED_BYTES[dtype] === 4) return new Uint8Array(values.slice().buffer);
  if (dtype === "F16") return new Uint8Array(Float16Array.from(values).buffer);
  const bits = new Uint32Array(values.slice().buffer);
  return new Uint8Array(Uint16Array.from(bits, (word) => word >>> 16).buffer);
}

/** What is different about a tiny model. */
export interface TinyModelOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly dtype?: StoredType;
  /** Replaces or changes tensors before they are written. */
  readonly change?: (tensors: DoubleTensors) => void;
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** Makes the end tokens of a tied model less likely than others, so that it writes without end. */
export function withoutEnd(tensors: DoubleTensors): void {
  const { bytes, shape } = tensors.get("model.embed_tokens.weight")!;
  const values = new Float32Array(bytes.buffer);
  const hiddenSize = shape[1]!;
  for (const token of [SPECIAL_TOKENS["<|endoftext|>"], SPECIAL_TOKENS["<|im_end|>"]]) {
    values.fill(0, token * hiddenSize, (token + 1) * hiddenSize);
  }
}

/** Writes a whole model folder: weights, configuration, tokenizer, chat template. */
export async function writeTinyModel(
  folder: string,
  { config = SMALL_QWEN3, seed = 1, dtype = "F32", change, generation }: TinyModelOptions = {},
): Promise<string> {
  const tensors = randomTensors(tinyTensors(config), seed, dtype);
  change?.(tensors);
  await writeCheckpoint(folder, config, tensors);
  await writeTokenizer(folder);
  await Deno.writeTextFile(
    join(folder, "generation_config.json"),
    JSON.stringify(generation ?? { eos_token_id: [258, 256], pad_token_id: 256 }),
  );
  return folder;
}

/** adapter_config.json that names no base. */
export const TINY_ADAPTER = { ...TINY_LORA, base_model_name_or_path: null };

/** Writes an adapter of random weights for the tiny model. */
export async function writeTinyAdapter(
  folder: string,
  { seed = 2, scale = 1, config = SMALL_QWEN3 }: {
    readonly seed?: number;
    readonly scale?: number;
    readonly config?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<string> {
  const tensors = randomTensors(loraTensors(config), seed);
  for (const { bytes } of tensors.values()) {
    const values = new Float32Array(bytes.buffer);
    values.forEach((value, index) => values[index] = value * scale);
  }
  return await writeAdapter(folder, TINY_ADAPTER, tensors);
}

async function writeTokenizer(folder: string): Promise<void> {
  const added = Object.entries(SPECIAL_TOKENS).map(([content, id]) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: !content.includes("think"),
  }));
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: false,
    use_regex: false,
  };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(byteCharacters().map((character, byte) => [character, byte])),
      merges: [],
    },
  };
  await Deno.writeTextFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  await Deno.writeTextFile(
    join(folder, "tokenizer_config.json"),
    JSON.stringify({
      tokenizer_class: "Qwen2Tokenizer",
      eos_token: "<|im_end|>",
      pad_token: "<|endoftext|>",
      bos_token: null,
      unk_token: null,
      add_prefix_space: false,
      clean_up_tokenization_spaces: false,
      model_max_length: 4096,
    }),
  );
  await Deno.writeTextFile(join(folder, "chat_template.jinja"), CHAT_TEMPLATE);
}

/** The visible character that stands for each byte in byte-level BPE. */
function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible = byte > 32 && byte < 127 || byte > 160 && byte !== 173;
    return String.fromCodePoint(isVisible ? byte : next++);
  });
}
