/**
 * Memory and speed of the export for a model of Qwen3-8B's shape: a synthetic checkpoint with some of
 * its 36 layers, made of random values, exported by the command line; projected to all 36.
 *
 *   deno run -A tasks/bench/large_export_bench.ts --scratch FOLDER [--layers 4,8] [--dtypes q4] \
 *     [--tokenizer FOLDER] [--cpus 0,1]
 *
 * A layer takes 0.4 GB of the scratch folder, the embeddings 2.5 GB, an export as much again in
 * fp16; everything is removed afterwards.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { statfs } from "node:fs/promises";
import { houqaCommand, measureCommand, megabytes, reportTarget } from "./measure_command.ts";

const TARGET_RSS_BYTES = 1e9;
const ALL_LAYERS = 36;
/** transformers' own default for a shard. */
const SHARD_BYTES = 5e9;
const BLOCK_VALUES = 32 << 20;

const CONFIG = {
  architectures: ["Qwen3ForCausalLM"],
  model_type: "qwen3",
  hidden_size: 4096,
  intermediate_size: 12288,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  hidden_act: "silu",
  vocab_size: 151936,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  max_position_embeddings: 40960,
  tie_word_embeddings: false,
  attention_bias: false,
  use_sliding_window: false,
  torch_dtype: "bfloat16",
  bos_token_id: 151643,
  eos_token_id: 151645,
};

const { values } = parseArgs({
  options: {
    scratch: { type: "string" },
    layers: { type: "string", default: "4,8" },
    dtypes: { type: "string", default: "q4" },
    tokenizer: { type: "string", default: "datasets/demo/model" },
    cpus: { type: "string" },
  },
});
const { scratch } = values;
if (!scratch) throw new Error("Give --scratch.");
await Deno.mkdir(scratch, { recursive: true });

/** One export. */
interface Export {
  readonly dtype: string;
  readonly layers: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

const exports: Export[] = [];
for (const layers of values.layers.split(",").map(Number)) {
  const folder = await Deno.makeTempDir({ dir: scratch, prefix: "large-" });
  try {
    const model = join(folder, "model");
    const inputBytes = await writeCheckpoint(model, layers);
    for (const dtype of values.dtypes.split(",")) {
      const one = await exportOnce(folder, model, layers, dtype, inputBytes);
      exports.push(one);
      console.log(
        `${dtype} ${String(layers).padStart(2)} layers: ${megabytes(one.inputBytes)} in ` +
          `${one.wallSeconds.toFixed(1)} s wall, ${one.cpuSeconds.toFixed(1)} s CPU ` +
          `(${megabytes(one.inputBytes / one.wallSeconds)}/s), ${
            megabytes(one.outputBytes)
          } out, ` +
          `peak RSS ${megabytes(one.peakRssBytes)}`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
for (const dtype of new Set(exports.map((one) => one.dtype))) {
  const those = exports.filter((one) => one.dtype === dtype);
  const project = (what: "inputBytes" | "outputBytes" | "wallSeconds") =>
    extrapolate(those.map((one) => [one.layers, one[what]]));
  if (those.length > 1) {
    console.log(
      `${dtype} ${ALL_LAYERS} layers, projected: ${
        (project("inputBytes") / 1e9).toFixed(1)
      } GB in ` +
        `${(project("wallSeconds") / 60).toFixed(1)} min, ${
          (project("outputBytes") / 1e9).toFixed(1)
        } GB out`,
    );
  }
  const most = Math.max(...those.map((one) => one.peakRssBytes));
  reportTarget(`${dtype}: peak RSS in GB`, most / 1e9, { atMost: TARGET_RSS_BYTES / 1e9 });
}

async function exportOnce(
  folder: string,
  model: string,
  layers: number,
  dtype: string,
  inputBytes: number,
): Promise<Export> {
  const output = join(folder, `out_${dtype}`);
  const cost = await measureCommand(
    houqaCommand("export", model, "--dtype", dtype, "--output", output, "--quiet"),
    { env: { HOUQA_CACHE: join(folder, "cache") }, cpus: values.cpus },
  );
  let outputBytes = 0;
  for await (const { name } of Deno.readDir(join(output, "onnx"))) {
    outputBytes += (await Deno.stat(join(output, "onnx", name))).size;
  }
  await Deno.remove(output, { recursive: true });
  const { wallSeconds, cpuSeconds, peakRssBytes } = cost;
  return { dtype, layers, inputBytes, outputBytes, wallSeconds, cpuSeconds, peakRssBytes };
}

/** The straight line through the first and the last point, at all layers. */
function extrapolate(points: readonly (readonly [number, number])[]): number {
  const [[x0, y0], [x1, y1]] = [points[0]!, points.at(-1)!];
  return y0 + (y1 - y0) * (ALL_LAYERS - x0) / (x1 - x0);
}

/** Writes shards, index, config and tokenizer; gives the weights' bytes. */
async function writeCheckpoint(folder: string, layers: number): Promise<number> {
  const tensors = tensorShapes(layers);
  const total = tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { bavail, bsize } = await statfs(scratch!);
  if (bavail * bsize < 2.5 * total) {
    throw new Error(
      `${scratch} has ${megabytes(bavail * bsize)} free; ${megabytes(2.5 * total)} are needed.`,
    );
  }
  await Deno.mkdir(folder);
  const shards: (typeof tensors)[] = [[]];
  let used = 0;
  for (const tensor of tensors) {
    if (used + tensor.sizeBytes > SHARD_BYTES) {
      shards.push([]);
      used = 0;
    }
    shards.at(-1)!.push(tensor);
    used += tensor.sizeBytes;
  }
  const block = randomBlock();
  const weightMap: Record<string, string> = {};
  for (const [index, shard] of shards.entries()) {
    const number = (value: number) => String(value).padStart(5, "0");
    const name = `model-${number(index + 1)}-of-${number(shards.length)}.safetensors`;
    for (const tensor of shard) weightMap[tensor.name] = name;
    await writeShard(join(folder, name), shard, block);
  }
  const write = (name: string, value: unknown) =>
    Deno.writeTextFile(join(folder, name), JSON.stringify(value));
  await write("model.safetensors.index.json", {
    metadata: { total_size: total },
    weight_map: weightMap,
  });
  await write("config.json", { ...CONFIG, num_hidden_layers: layers });
  for await (const { name, isFile } of Deno.readDir(values.tokenizer)) {
    if (isFile && /tokenizer|vocab|merges|chat_template|generation_config/.test(name)) {
      await Deno.copyFile(join(values.tokenizer, name), join(folder, name));
    }
  }
  return total;
}

/** A tensor of the checkpoint. */
interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
}

function tensorShapes(layers: number): Tensor[] {
  const { hidden_size: hidden, intermediate_size: middle, vocab_size: vocabulary } = CONFIG;
  const { head_dim: head, num_attention_heads: heads, num_key_value_heads: kvHeads } = CONFIG;
  const tensor = (name: string, ...shape: number[]): Tensor => ({
    name,
    shape,
    sizeBytes: 2 * shape.reduce((product, size) => product * size, 1),
  });
  const layer = (index: number): Tensor[] => {
    const at = `model.layers.${index}`;
    return [
      tensor(`${at}.input_layernorm.weight`, hidden),
      tensor(`${at}.mlp.down_proj.weight`, hidden, middle),
      tensor(`${at}.mlp.gate_proj.weight`, middle, hidden),
      tensor(`${at}.mlp.up_proj.weight`, middle, hidden),
      tensor(`${at}.post_attention_layernorm.weight`, hidden),
      tensor(`${at}.self_attn.k_norm.weight`, head),
      tensor(`${at}.self_attn.k_proj.weight`, kvHeads * head, hidden),
      tensor(`${at}.self_attn.o_proj.weight`, hidden, heads * head),
      tensor(`${at}.self_attn.q_norm.weight`, head),
      tensor(`${at}.self_attn.q_proj.weight`, heads * head, hidden),
      tensor(`${at}.self_attn.v_proj.weight`, kvHeads * head, hidden),
    ];
  };
  return [
    tensor("model.embed_tokens.weight", vocabulary, hidden),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    tensor("model.norm.weight", hidden),
    tensor("lm_head.weight", vocabulary, hidden),
  ];
}

/** Values like a model's: normally distributed, standard deviation 0.02, as bfloat16. */
function randomBlock(): Uint8Array<ArrayBuffer> {
  const floats = new Float32Array(BLOCK_VALUES);
  let state = 1;
  const uniform = () => {
    // xorshift32 (Marsaglia 2003, doi:10.18637/jss.v008.i14)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  for (let i = 0; i < floats.length; i++) {
    // The sum of four uniform values is near enough to a normal one.
    floats[i] = 0.02 * Math.sqrt(3) * (uniform() + uniform() + uniform() + uniform() - 2);
  }
  const halves = new Uint16Array(floats.buffer);
  return new Uint8Array(
    Uint16Array.from({ length: floats.length }, (_, i) => halves[2 * i + 1]!).buffer,
  );
}

async function writeShard(
  path: string,
  tensors: readonly Tensor[],
  block: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const { name, shape, sizeBytes } of tensors) {
    header[name] = { dtype: "BF16", shape, data_offsets: [offset, offset + sizeBytes] };
    offset += sizeBytes;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  using file = await Deno.open(path, { write: true, createNew: true });
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(text.length), true);
  await writeAll(file, size);
  await writeAll(file, text);
  // The block goes on from tensor to tensor, so that no two start with the same values.
  for (let at = 0, left = offset; left > 0;) {
    const part = block.subarray(at, at + Math.min(left, block.length - at));
    await writeAll(file, part);
    left -= part.length;
    at = (at + part.length) % block.length;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}
