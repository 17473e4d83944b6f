/** For tests: an embedding model of a few thousand random weights that reads single bytes. */
import { dirname, join } from "node:path";
import { seededRandom } from "../../../tasks/demo/random.ts";
import { OnnxGraph } from "../../onnx/onnx_graph.ts";
import { unitVector } from "./vector_double.ts";

/** Length of the double's vectors. */
export const DOUBLE_DIMENSIONS = 24;
/** Ids of the tokens behind the 256 bytes. */
const SPECIAL_TOKENS = { "[PAD]": 256, "[CLS]": 257, "[SEP]": 258, "<|endoftext|>": 259 } as const;
const VOCABULARY = 260;

/** What is different about a double. */
export interface EmbeddingDoubleOptions {
  readonly seed?: number;
  /** What the graph gives. Default: `last_hidden_state`. */
  readonly output?: "last_hidden_state" | "token_embeddings" | "sentence_embedding" | "logits";
  /** Inputs beside tokens and mask. Default: `token_type_ids`. */
  readonly inputs?: readonly string[];
  /** False: no token before and after a text. */
  readonly hasMarks?: boolean;
  /** Texts of JSON files by their path; undefined leaves one out. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Name of the graph's file. */
  readonly graphFile?: string;
}

/** Files as sentence-transformers writes them for a model with mean pooling and prompts. */
const FILES: Readonly<Record<string, unknown>> = {
  "config.json": {
    model_type: "bert",
    hidden_size: DOUBLE_DIMENSIONS,
    num_attention_heads: 2,
    max_position_embeddings: 512,
    pad_token_id: 256,
  },
  "modules.json": [
    { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
    { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
  ],
  "1_Pooling/config.json": {
    word_embedding_dimension: DOUBLE_DIMENSIONS,
    pooling_mode_cls_token: false,
    pooling_mode_mean_tokens: true,
  },
  "config_sentence_transformers.json": {
    prompts: { query: "q: ", document: "d: " },
    similarity_fn_name: "cosine",
  },
  "sentence_bert_config.json": { max_seq_length: 64, do_lower_case: false },
};

/** Writes the double's folder. */
export async function writeEmbeddingDouble(
  folder: string,
  options: EmbeddingDoubleOptions = {},
): Promise<string> {
  const { hasMarks = true, graphFile = "model.onnx" } = options;
  await Deno.mkdir(join(folder, "onnx"), { recursive: true });
  const files = { ...FILES, ...tokenizerFiles(hasMarks), ...options.files };
  for (const [path, value] of Object.entries(files)) {
    if (value === undefined) continue;
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), JSON.stringify(value));
  }
  await Deno.writeFile(join(folder, "onnx", graphFile), buildGraph(options));
  return folder;
}

/** Token ids of a text as the double's tokenizer gives them. */
export function doubleTokens(text: string, hasMarks = true): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return hasMarks ? [SPECIAL_TOKENS["[CLS]"], ...bytes, SPECIAL_TOKENS["[SEP]"]] : bytes;
}

/** The double's last hidden states, worked out here: tanh(E[token] + mean of all E · W). */
export function doubleStates(ids: readonly number[], seed = 1): Float32Array[] {
  const { table, mixing } = weights(seed);
  const size = DOUBLE_DIMENSIONS;
  const rows = ids.map((id) => table.subarray(id * size, (id + 1) * size));
  const mean = Float64Array.from(
    { length: size },
    (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length,
  );
  const context = Float64Array.from(
    { length: size },
    (_, to) => mean.reduce((sum, value, from) => sum + value * mixing[from * size + to]!, 0),
  );
  return rows.map((row) => row.map((value, i) => Math.tanh(value + context[i]!)));
}

/** The mean of states, with length 1. */
export function meanOf(states: readonly Float32Array[]): Float32Array {
  return unitVector(states[0]!.map((_, i) => {
    return states.reduce((sum, state) => sum + state[i]!, 0) / states.length;
  }));
}

function weights(seed: number): { table: Float32Array; mixing: Float32Array } {
  const random = seededRandom(seed);
  const noise = (count: number, scale: number) =>
    Float32Array.from({ length: count }, () => (random.next() - 0.5) * scale);
  return {
    table: noise(VOCABULARY * DOUBLE_DIMENSIONS, 2),
    mixing: noise(DOUBLE_DIMENSIONS ** 2, 1),
  };
}

function buildGraph({
  seed = 1,
  output = "last_hidden_state",
  inputs = ["token_type_ids"],
}: EmbeddingDoubleOptions): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const { table, mixing } = weights(seed);
  const size = DOUBLE_DIMENSIONS;
  const axis = (value: number) => graph.constant(`axis${value}`, "int64", [1], [value]);
  for (const name of ["input_ids", "attention_mask", ...inputs]) {
    const isCache = name.startsWith("past_key_values");
    graph.input(
      name,
      isCache ? "float32" : "int64",
      isCache ? ["batch", 2, "past", size / 2] : ["batch", "width"],
    );
  }
  const embedding = graph.constant("table", "float32", [VOCABULARY, size], table);
  const rows = graph.node("Gather", [embedding, "input_ids"], ["rows"], { axis: 0 });
  const ones = graph.node("Cast", ["attention_mask"], ["ones"], { to: 1 });
  const column = graph.node("Unsqueeze", [ones, axis(-1)], ["column"]);
  const real = graph.node("Mul", [rows, column], ["real"]);
  const sum = graph.node("ReduceSum", [real, axis(1)], ["sum"], { keepdims: 1 });
  const count = graph.node("ReduceSum", [column, axis(1)], ["count"], { keepdims: 1 });
  const mean = graph.node("Div", [sum, count], ["mean"]);
  const matrix = graph.constant("mixing", "float32", [size, size], mixing);
  const context = graph.node("MatMul", [mean, matrix], ["context"]);
  const mixed = graph.node("Add", [rows, context], ["mixed"]);
  if (output === "sentence_embedding") {
    graph.output(output, "float32", ["batch", size]);
    // Anything that is one vector a text.
    graph.node("Squeeze", [context, axis(1)], [output]);
  } else {
    graph.output(output, "float32", ["batch", "width", size]);
    graph.node("Tanh", [mixed], [output]);
  }
  return new Uint8Array(graph.encode({ name: "double", version: "1" }));
}

function tokenizerFiles(hasMarks: boolean): Record<string, unknown> {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: false,
    use_regex: false,
  };
  const special = (id: keyof typeof SPECIAL_TOKENS) => ({ SpecialToken: { id, type_id: 0 } });
  return {
    "tokenizer.json": {
      version: "1.0",
      // Some models' files limit what a tokenizer gives; the model's own limit counts.
      truncation: { max_length: 8, strategy: "LongestFirst", stride: 0, direction: "Right" },
      padding: null,
      added_tokens: Object.entries(SPECIAL_TOKENS).map(([content, id]) => ({
        id,
        content,
        special: true,
        ...flags,
      })),
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: hasMarks
        ? {
          type: "TemplateProcessing",
          single: [special("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, special("[SEP]")],
          pair: [],
          special_tokens: Object.fromEntries(
            (["[CLS]", "[SEP]"] as const).map((id) => [
              id,
              { id, ids: [SPECIAL_TOKENS[id]], tokens: [id] },
            ]),
          ),
        }
        : null,
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
    },
    "tokenizer_config.json": {
      tokenizer_class: "PreTrainedTokenizerFast",
      pad_token: "[PAD]",
      model_max_length: 1e30,
    },
  };
}

/** The visible character that stands for each byte in byte-level BPE. */
function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible = byte > 32 && byte < 127 || byte > 160 && byte !== 173;
    return String.fromCodePoint(isVisible ? byte : next++);
  });
}
