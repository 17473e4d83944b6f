import { OnnxGraph } from "./onnx_graph.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { LoraAdapter } from "./lora_adapter.ts";
import { loadLora, mergeLora } from "./merge_lora.ts";
import { tensorSource } from "./merged_source.ts";
import { rotaryTables } from "./rotary_tables.ts";
import { TensorReader } from "./tensor_reader.ts";
import { SLICE_ELEMENTS } from "./weight_exporter.ts";
import { EMBEDDING, HEAD } from "./weight_plan.ts";

/** Multiplies [m, k] with the transpose of [n, k], both row-major float32. */
export type MultiplyTransposed = (
  x: Float32Array,
  w: Float32Array,
  k: number,
) => Promise<Float32Array>;

/**
 * The decoder in float32, straight from the checkpoint and layer by layer, so that only one slice of
 * weights is in memory: what an export is measured against. Written from the architecture's
 * definition (arXiv:2505.09388, arXiv:2407.10671) and sharing nothing with the exported graph but
 * the merging of the adapter and the rotary tables.
 * @param prompts token ids.
 * @returns logits over the vocabulary after each prompt's last token.
 */
export async function referenceLogits(
  checkpoint: Checkpoint,
  adapter: LoraAdapter | undefined,
  prompts: readonly (readonly number[])[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const { config } = checkpoint;
  const { hiddenSize, headDim, heads, kvHeads, rmsNormEps } = config;
  const reader = new TensorReader();
  const multiply = await createMultiply();
  const { cos, sin } = rotaryTables({
    ...config,
    maxPositions: Math.max(...prompts.map((ids) => ids.length)),
  });
  const read = (name: string, first: number, count: number) => {
    const values = new Float32Array(count);
    reader.read(tensorSource(name, checkpoint, adapter), first, values);
    return values;
  };
  /** x · W'ᵀ for a weight [rows, columns], some rows at a time. */
  const linear = async (name: string, x: Float32Array, rows: number, columns: number) => {
    const tokens = x.length / columns;
    const y = new Float32Array(tokens * rows);
    const module = adapter?.modules.get(name);
    const lora = module && loadLora(reader, module, columns);
    const rowsAtOnce = Math.max(1, Math.floor(SLICE_ELEMENTS / columns));
    for (let first = 0; first < rows; first += rowsAtOnce) {
      signal?.throwIfAborted();
      const count = Math.min(rowsAtOnce, rows - first);
      const w = read(`${name}.weight`, first * columns, count * columns);
      if (lora) mergeLora(reader, lora, w, columns, first);
      const part = await multiply(x, w, columns);
      for (let t = 0; t < tokens; t++) {
        y.set(part.subarray(t * count, (t + 1) * count), t * rows + first);
      }
    }
    return y;
  };
  const norm = (name: string, x: Float32Array, size: number) => {
    const weight = read(`${name}.weight`, 0, size);
    return rmsNorm(x, weight, rmsNormEps);
  };
  try {
    const positions = prompts.flatMap((ids) => ids.map((_, position) => position));
    const x = new Float32Array(positions.length * hiddenSize);
    prompts.flat().forEach((id, t) =>
      x.set(read(EMBEDDING, id * hiddenSize, hiddenSize), t * hiddenSize)
    );
    for (let layer = 0; layer < config.layers; layer++) {
      const at = `model.layers.${layer}`;
      const attention = `${at}.self_attn`;
      const h = norm(`${at}.input_layernorm`, x, hiddenSize);
      const project = async (name: "q" | "k" | "v", count: number) => {
        const full = `${attention}.${name}_proj`;
        const y = await linear(full, h, count * headDim, hiddenSize);
        if (config.modelType === "qwen2") {
          addToRows(y, read(`${full}.bias`, 0, count * headDim));
        }
        if (name === "v") return y;
        const normed = config.modelType === "qwen3"
          ? norm(`${attention}.${name}_norm`, y, headDim)
          : y;
        rotate(normed, positions, count, headDim, cos, sin);
        return normed;
      };
      const [q, k, v] = [
        await project("q", heads),
        await project("k", kvHeads),
        await project("v", kvHeads),
      ];
      const attended = attend(q, k, v, prompts, { heads, kvHeads, headDim });
      add(x, await linear(`${attention}.o_proj`, attended, hiddenSize, heads * headDim));
      const h2 = norm(`${at}.post_attention_layernorm`, x, hiddenSize);
      const gate = await linear(`${at}.mlp.gate_proj`, h2, config.intermediateSize, hiddenSize);
      const up = await linear(`${at}.mlp.up_proj`, h2, config.intermediateSize, hiddenSize);
      for (let i = 0; i < gate.length; i++) up[i]! *= gate[i]! / (1 + Math.exp(-gate[i]!));
      add(x, await linear(`${at}.mlp.down_proj`, up, hiddenSize, config.intermediateSize));
    }
    const last = new Float32Array(prompts.length * hiddenSize);
    let end = 0;
    prompts.forEach((ids, index) => {
      end += ids.length;
      last.set(x.subarray((end - 1) * hiddenSize, end * hiddenSize), index * hiddenSize);
    });
    const final = norm("model.norm", last, hiddenSize);
    const logits = await linear(HEAD.replace(".weight", ""), final, config.vocabSize, hiddenSize);
    return prompts.map((_, i) => logits.slice(i * config.vocabSize, (i + 1) * config.vocabSize));
  } finally {
    reader.close();
  }
}

/** x / √(mean(x²) + ε) · weight, over runs of the weight's size (arXiv:1910.07467). */
function rmsNorm(x: Float32Array, weight: Float32Array, epsilon: number): Float32Array {
  const size = weight.length;
  const y = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += size) {
    let square = 0;
    for (let i = 0; i < size; i++) square += x[start + i]! ** 2;
    const factor = 1 / Math.sqrt(square / size + epsilon);
    for (let i = 0; i < size; i++) y[start + i] = x[start + i]! * factor * weight[i]!;
  }
  return y;
}

/** Turns each head's pair (i, i + d/2) by its position's angle; in place. */
function rotate(
  x: Float32Array,
  positions: readonly number[],
  heads: number,
  headDim: number,
  cos: Float32Array,
  sin: Float32Array,
): void {
  const half = headDim / 2;
  positions.forEach((position, t) => {
    for (let head = 0; head < heads; head++) {
      const start = (t * heads + head) * headDim;
      for (let i = 0; i < half; i++) {
        const [a, b] = [x[start + i]!, x[start + half + i]!];
        const [c, s] = [cos[position * half + i]!, sin[position * half + i]!];
        x[start + i] = a * c - b * s;
        x[start + half + i] = b * c + a * s;
      }
    }
  });
}

/** Causal attention within each prompt; query heads share key-value heads in groups. */
function attend(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  prompts: readonly (readonly number[])[],
  { heads, kvHeads, headDim }: { heads: number; kvHeads: number; headDim: number },
): Float32Array {
  const out = new Float32Array(q.length);
  const scale = 1 / Math.sqrt(headDim);
  let first = 0;
  for (const { length } of prompts) {
    const weights = new Float64Array(length);
    for (let t = 0; t < length; t++) {
      for (let head = 0; head < heads; head++) {
        const shared = Math.floor(head / (heads / kvHeads));
        const qAt = ((first + t) * heads + head) * headDim;
        let most = -Infinity;
        for (let s = 0; s <= t; s++) {
          const kAt = ((first + s) * kvHeads + shared) * headDim;
          let dot = 0;
          for (let i = 0; i < headDim; i++) dot += q[qAt + i]! * k[kAt + i]!;
          weights[s] = dot * scale;
          if (weights[s]! > most) most = weights[s]!;
        }
        let total = 0;
        for (let s = 0; s <= t; s++) total += weights[s] = Math.exp(weights[s]! - most);
        for (let s = 0; s <= t; s++) {
          const vAt = ((first + s) * kvHeads + shared) * headDim;
          const weight = weights[s]! / total;
          for (let i = 0; i < headDim; i++) out[qAt + i]! += weight * v[vAt + i]!;
        }
      }
    }
    first += length;
  }
  return out;
}

function add(x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i]! += y[i]!;
}

function addToRows(x: Float32Array, row: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i]! += row[i % row.length]!;
}

/** Matrix products by ONNX Runtime, with both factors as inputs. */
async function createMultiply(): Promise<MultiplyTransposed> {
  const graph = new OnnxGraph();
  graph.input("x", "float32", ["m", "k"]);
  graph.input("w", "float32", ["n", "k"]);
  graph.output("y", "float32", ["m", "n"]);
  graph.node("Gemm", ["x", "w"], ["y"], { transB: 1 });
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(graph.encode({ name: "houqa", version: "1" }));
  return async (x, w, k) => {
    const { y } = await session.run({
      x: new Tensor("float32", x, [x.length / k, k]),
      w: new Tensor("float32", w, [w.length / k, k]),
    });
    return y!.data as Float32Array;
  };
}
