/** For tests: a cross-encoder of a few hundred random weights that reads single bytes. */
import { join } from "node:path";
import { seededRandom } from "../../../tasks/demo/random.ts";
import { OnnxGraph } from "../../onnx/onnx_graph.ts";
import { writeEmbeddingDouble } from "../vector/embedding_model_double.ts";

const VOCABULARY = 260;
const CLS = 257;
const SEP = 258;

/** What is different about a double. */
export interface CrossEncoderDoubleOptions {
  /** Logits a pair; default 1. */
  readonly labels?: number;
  /** Inputs beside tokens and mask. Default: `token_type_ids`. */
  readonly inputs?: readonly string[];
  /** Changes config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Replaces how the tokenizer joins a pair. */
  readonly pair?: readonly unknown[];
}

/** Writes the double's folder. */
export async function writeCrossEncoderDouble(
  folder: string,
  { labels = 1, inputs = ["token_type_ids"], config, pair }: CrossEncoderDoubleOptions = {},
): Promise<string> {
  await writeEmbeddingDouble(folder, {
    files: {
      "config.json": {
        architectures: ["BertForSequenceClassification"],
        model_type: "bert",
        max_position_embeddings: 512,
        pad_token_id: 256,
        ...config,
      },
      "modules.json": undefined,
      "1_Pooling/config.json": undefined,
      "config_sentence_transformers.json": undefined,
      "sentence_bert_config.json": undefined,
    },
  });
  const path = join(folder, "tokenizer.json");
  const tokenizer = JSON.parse(await Deno.readTextFile(path));
  const special = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } });
  const text = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  tokenizer.post_processor.pair = pair ??
    [special("[CLS]", 0), text("A", 0), special("[SEP]", 0), text("B", 1), special("[SEP]", 1)];
  await Deno.writeTextFile(path, JSON.stringify(tokenizer));
  await Deno.writeFile(join(folder, "onnx", "model.onnx"), buildGraph(labels, inputs));
  return folder;
}

/** A pair's tokens and types as the double's tokenizer gives them. */
export function doublePair(query: string, text: string): [token: number, type: number][] {
  const bytes = (from: string) => [...new TextEncoder().encode(from)];
  return [
    ...[CLS, ...bytes(query), SEP].map((id): [number, number] => [id, 0]),
    ...[...bytes(text), SEP].map((id): [number, number] => [id, 1]),
  ];
}

/** The double's logits, worked out here: the mean over the tokens of W[token] + type · V[token]. */
export function doubleLogits(
  pair: readonly (readonly [token: number, type: number])[],
  labels = 1,
): number[] {
  const { words, second } = weights(labels);
  return Array.from({ length: labels }, (_, label) =>
    pair.reduce((sum, [id, type]) => {
      const at = id * labels + label;
      return sum + words[at]! + type * second[at]!;
    }, 0) / pair.length);
}

function weights(labels: number): { words: Float32Array; second: Float32Array } {
  const random = seededRandom(7);
  const noise = () =>
    Float32Array.from({ length: VOCABULARY * labels }, () => (random.next() - 0.5) * 20);
  return { words: noise(), second: noise() };
}

function buildGraph(labels: number, inputs: readonly string[]): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const { words, second } = weights(labels);
  const axis = (value: number) => graph.constant(`axis${value}`, "int64", [1], [value]);
  for (const name of ["input_ids", "attention_mask", ...inputs]) {
    graph.input(name, "int64", ["batch", "width"]);
  }
  const look = (name: string, values: Float32Array) => {
    const table = graph.constant(`${name}_table`, "float32", [VOCABULARY, labels], values);
    return graph.node("Gather", [table, "input_ids"], [name], { axis: 0 });
  };
  const column = (from: string) => {
    const cast = graph.node("Cast", [from], [`${from}_float`], { to: 1 });
    return graph.node("Unsqueeze", [cast, axis(-1)], [`${from}_column`]);
  };
  let values = look("words", words);
  if (inputs.includes("token_type_ids")) {
    const added = graph.node("Mul", [look("second", second), column("token_type_ids")], ["added"]);
    values = graph.node("Add", [values, added], ["values"]);
  }
  const mask = column("attention_mask");
  const real = graph.node("Mul", [values, mask], ["real"]);
  const sum = graph.node("ReduceSum", [real, axis(1)], ["sum"], { keepdims: 0 });
  const count = graph.node("ReduceSum", [mask, axis(1)], ["count"], { keepdims: 0 });
  graph.output("logits", "float32", ["batch", labels]);
  graph.node("Div", [sum, count], ["logits"]);
  return new Uint8Array(graph.encode({ name: "double", version: "1" }));
}
