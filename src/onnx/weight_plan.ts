import { dataFileName } from "../hub/model_files.ts";
import { computeType, type ExportDtype, modelFileName } from "./export_dtype.ts";
import { type ExternalData, ONNX_BYTES, type OnnxType } from "./onnx_graph.ts";
import type { IntegerWeights } from "./integer_weights.ts";
import type { QwenConfig } from "./qwen_config.ts";

/**
 * How a weight [rows, columns] is stored:
 * - `as_is`: row-major, in the activations' type
 * - `transposed`: [columns, rows], in the activations' type
 * - `block4`, `block8`: for `MatMulNBits`: each row in blocks of 32 columns, unsigned integers with
 *   one scale a block; `block4` also with one zero point a block, `block8` with 128
 * - `row8`: [columns, rows], integers with one scale a row, around 0 (int8) or 128 (uint8)
 */
export type WeightLayout = "as_is" | "transposed" | "block4" | "block8" | "row8";

/** Columns that share a scale. */
export const BLOCK_SIZE = 32;

/** Values that a weight turns into, and where they lie. */
export interface PlannedValues {
  readonly type: OnnxType;
  /** As stored; operators may read the same bytes under other dimensions. */
  readonly dims: readonly number[];
  readonly at: ExternalData;
}

/** One weight of the checkpoint, or some of its rows, on its way into the data files. */
export interface PlannedWeight {
  /** Tensor name in the checkpoint. */
  readonly source: string;
  readonly layout: WeightLayout;
  /** First of the checkpoint's rows that are stored here. */
  readonly firstRow: number;
  /** Rows stored here; a vector is one row. */
  readonly rows: number;
  readonly columns: number;
  readonly values: PlannedValues;
  readonly scales?: PlannedValues;
  readonly zeroPoints?: PlannedValues;
}

/** A data file beside the graph. */
export interface DataFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Everything that stands in the data files. */
export interface WeightPlan {
  /** By the checkpoint's tensor name; more than one part only where one would be over 2 GB. */
  readonly weights: ReadonlyMap<string, readonly PlannedWeight[]>;
  /** cos and sin of the rotary position embedding, each [positions, headDim / 2]. */
  readonly rotary: { readonly cos: PlannedValues; readonly sin: PlannedValues };
  readonly files: readonly DataFile[];
}

/** One data file stays under 2 GB: what runtimes that read a file at once can take. */
export const MAX_FILE_BYTES = 2_000_000_000;
/** ONNX Runtime maps large values into memory where they start on a page. */
const PAGE_BYTES = 4096;

/** What a plan depends on beside the architecture and the precision. */
export interface PlanOptions {
  /** The output layer has weights of its own. */
  readonly hasOwnHead: boolean;
  /** False: without an output layer. Default true. */
  readonly hasHead?: boolean;
  /** Integer weights (q8) as int8 instead of uint8; see `integer_weights.ts`. */
  readonly integerWeights: IntegerWeights;
  /** Replaced in tests. */
  readonly maxFileBytes?: number;
}

/** Lays every weight out in data files. */
export function planWeights(
  config: QwenConfig,
  dtype: ExportDtype,
  { hasOwnHead, hasHead = true, integerWeights, maxFileBytes = MAX_FILE_BYTES }: PlanOptions,
): WeightPlan {
  const files = new DataFiles(modelFileName(dtype), maxFileBytes);
  const floatType = computeType(dtype);
  const weights = new Map<string, readonly PlannedWeight[]>();

  const floats = (rows: number, columns: number): PlannedValues =>
    files.place(floatType, [rows, columns]);
  const plan = (source: string, rows: number, columns: number, layout: WeightLayout): void => {
    const largest = Math.max(1, Math.floor(maxFileBytes / (columns * ONNX_BYTES[floatType])));
    const rowsPerPart = layout === "as_is" ? Math.ceil(rows / Math.ceil(rows / largest)) : rows;
    const parts = Math.ceil(rows / rowsPerPart);
    weights.set(
      source,
      Array.from({ length: parts }, (_, part): PlannedWeight => {
        const firstRow = part * rowsPerPart;
        const rowsHere = Math.min(rowsPerPart, rows - firstRow);
        const common = { source, layout, firstRow, rows: rowsHere, columns };
        const blocks = Math.ceil(columns / BLOCK_SIZE);
        switch (layout) {
          case "as_is":
            return { ...common, values: floats(rowsHere, columns) };
          case "transposed":
            return { ...common, values: floats(columns, rowsHere) };
          case "row8":
            return {
              ...common,
              values: files.place(integerWeights, [columns, rowsHere]),
              scales: files.place(floatType, [rowsHere]),
            };
          case "block8":
            return {
              ...common,
              values: files.place("uint8", [rowsHere, blocks, BLOCK_SIZE]),
              scales: files.place(floatType, [rowsHere, blocks]),
            };
          case "block4":
            return {
              ...common,
              values: files.place("uint8", [rowsHere, blocks, BLOCK_SIZE / 2]),
              scales: files.place(floatType, [rowsHere, blocks]),
              zeroPoints: files.place("uint8", [rowsHere, Math.ceil(blocks / 2)]),
            };
        }
      }),
    );
  };
  const vector = (source: string, size: number) => plan(source, 1, size, "as_is");
  const { hiddenSize, intermediateSize, headDim, heads, kvHeads, vocabSize } = config;

  const isQuantised = dtype === "q8" || dtype === "q4" || dtype === "q4f16";
  // The operator that looks rows up in blocks has no room for a last block that is not full.
  const tableLayout = isQuantised && hiddenSize % BLOCK_SIZE === 0 ? "block8" : "as_is";
  plan(EMBEDDING, vocabSize, hiddenSize, tableLayout);
  const linear = LINEAR_LAYOUT[dtype];
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    vector(`${prefix}.input_layernorm.weight`, hiddenSize);
    for (const [name, rows] of [["q", heads], ["k", kvHeads], ["v", kvHeads]] as const) {
      const projection = `${prefix}.self_attn.${name}_proj`;
      plan(`${projection}.weight`, rows * headDim, hiddenSize, linear);
      if (config.modelType === "qwen2") vector(`${projection}.bias`, rows * headDim);
    }
    if (config.modelType === "qwen3") {
      vector(`${prefix}.self_attn.q_norm.weight`, headDim);
      vector(`${prefix}.self_attn.k_norm.weight`, headDim);
    }
    plan(`${prefix}.self_attn.o_proj.weight`, hiddenSize, heads * headDim, linear);
    vector(`${prefix}.post_attention_layernorm.weight`, hiddenSize);
    plan(`${prefix}.mlp.gate_proj.weight`, intermediateSize, hiddenSize, linear);
    plan(`${prefix}.mlp.up_proj.weight`, intermediateSize, hiddenSize, linear);
    plan(`${prefix}.mlp.down_proj.weight`, hiddenSize, intermediateSize, linear);
  }
  vector("model.norm.weight", hiddenSize);
  const headLayout = isQuantised ? "block8" : "as_is";
  if (hasHead && hasOwnHead) plan(HEAD, vocabSize, hiddenSize, headLayout);
  else if (hasHead && headLayout !== tableLayout) {
    plan(TIED_HEAD, vocabSize, hiddenSize, headLayout);
  }

  const table = () => files.place(floatType, [config.maxPositions, headDim / 2]);
  return { weights, rotary: { cos: table(), sin: table() }, files: files.list() };
}

/** The checkpoint's names of the two largest weights. */
export const EMBEDDING = "model.embed_tokens.weight";
/** The output layer's own weights. */
export const HEAD = "lm_head.weight";
/** A plan's name for a second, differently stored copy of the embedding in a tied model. */
export const TIED_HEAD = "lm_head.weight (tied)";

const LINEAR_LAYOUT: Readonly<Record<ExportDtype, WeightLayout>> = {
  fp32: "transposed",
  fp16: "transposed",
  q8: "row8",
  q4: "block4",
  q4f16: "block4",
};

/** Gives values their places, one after the other. */
class DataFiles {
  readonly #sizes: number[] = [0];

  constructor(readonly modelFile: string, readonly maxFileBytes: number) {}

  place(type: OnnxType, dims: readonly number[]): PlannedValues {
    const sizeBytes = dims.reduce((product, dim) => product * dim, ONNX_BYTES[type]);
    let file = this.#sizes.length - 1;
    let offset = Math.ceil(this.#sizes[file]! / PAGE_BYTES) * PAGE_BYTES;
    if (offset > 0 && offset + sizeBytes > this.maxFileBytes) {
      file = this.#sizes.push(0) - 1;
      offset = 0;
    }
    this.#sizes[file] = offset + sizeBytes;
    return { type, dims, at: { file: this.#name(file), offset, sizeBytes } };
  }

  list(): DataFile[] {
    return this.#sizes.map((sizeBytes, file) => ({ name: this.#name(file), sizeBytes }));
  }

  #name(file: number): string {
    return dataFileName(this.modelFile, file);
  }
}
