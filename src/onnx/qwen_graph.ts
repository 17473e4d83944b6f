import { computeType, type ExportDtype } from "./export_dtype.ts";
import type { ExportTask } from "./export_task.ts";
import { MICROSOFT, OnnxGraph, type OnnxType } from "./onnx_graph.ts";
import type { QwenConfig } from "./qwen_config.ts";
import {
  BLOCK_SIZE,
  EMBEDDING,
  HEAD,
  type PlannedValues,
  type PlannedWeight,
  TIED_HEAD,
  type WeightPlan,
} from "./weight_plan.ts";

/** How many positions at the end of each row get logits. */
const LAST_TOKENS_INPUT = "num_logits_to_keep";

/**
 * The decoder as ONNX Runtime's own operators, with the inputs and outputs that transformers.js
 * expects: `input_ids` and `attention_mask` [batch, …] (int64), `past_key_values.N.key|value` and
 * `present.N.key|value` [batch, kv heads, positions, head size], `num_logits_to_keep` (int64 scalar;
 * 0 = all), `logits` [batch, kept positions, vocabulary] (float32).
 *
 * For `feature-extraction` there is neither cache nor logits, but `sentence_embedding` [batch, hidden
 * size] (float32): the state of each row's last real token after the final norm.
 *
 * Batches are padded on the right: position p of a row is its p-th token, and the kept logits of a
 * row are those of its last real tokens. Architecture: Qwen2 (arXiv:2407.10671) and Qwen3
 * (arXiv:2505.09388).
 */
export function buildQwenGraph(
  config: QwenConfig,
  dtype: ExportDtype,
  plan: WeightPlan,
  task: ExportTask = "text-generation",
): OnnxGraph {
  return new QwenGraphBuilder(config, dtype, plan).build(task);
}

/** Names of a layer's cache in the graph; empty where there is none. */
interface CacheNames {
  readonly past: string;
  readonly present: string;
}

class QwenGraphBuilder {
  readonly #graph = new OnnxGraph();
  readonly #type: OnnxType;
  /** Activations that were turned into integers already, by their name. */
  readonly #quantised = new Map<string, { values: string; scale: string }>();
  /** Zero points of the tokens that the graph is at. */
  #zeroPoints: string | undefined;

  constructor(
    readonly config: QwenConfig,
    readonly dtype: ExportDtype,
    readonly plan: WeightPlan,
  ) {
    this.#type = computeType(dtype);
  }

  build(task: ExportTask): OnnxGraph {
    const graph = this.#graph;
    const { config } = this;
    graph.input("input_ids", "int64", ["batch_size", "sequence_length"]);
    graph.input("attention_mask", "int64", ["batch_size", "total_sequence_length"]);
    const isEmbedding = task === "feature-extraction";
    const caches = Array.from(
      { length: config.layers },
      (_, layer) => isEmbedding ? [] : this.#declareCache(layer),
    );
    if (isEmbedding) {
      graph.constant(LAST_TOKENS_INPUT, "int64", [], [1]);
      graph.output("sentence_embedding", "float32", ["batch_size", config.hiddenSize]);
    } else {
      graph.input(LAST_TOKENS_INPUT, "int64", []);
      graph.output("logits", "float32", ["batch_size", "num_logits", config.vocabSize]);
    }

    const lengths = this.#lengths();
    let skip = this.#embed();
    let normed = graph.node(
      "SimplifiedLayerNormalization",
      [
        skip,
        this.#vector("model.layers.0.input_layernorm.weight"),
      ],
      ["/model/layers.0/input_layernorm/out"],
      {
        axis: -1,
        epsilon: { float: config.rmsNormEps },
        stash_type: 1,
      },
    );
    for (let layer = 0; layer < config.layers; layer++) {
      let attended = this.#attention(layer, normed, caches[layer]!, lengths);
      if (layer === config.layers - 1) {
        // Nothing after the last attention mixes positions: the rest is for the kept ones only.
        const kept = this.#keptPositions(lengths.real);
        attended = this.#keep("attended", attended, kept, config.heads * config.headDim);
        skip = this.#keep("skip", skip, kept, config.hiddenSize);
        this.#zeroPoints = undefined;
      }
      attended = this.#linear(`model.layers.${layer}.self_attn.o_proj`, attended);
      [normed, skip] = this.#addAndNorm(
        `model.layers.${layer}.post_attention_layernorm`,
        skip,
        attended,
      );
      const fed = this.#feedForward(layer, normed);
      const next = layer + 1 < config.layers
        ? `model.layers.${layer + 1}.input_layernorm`
        : "model.norm";
      [normed, skip] = this.#addAndNorm(next, skip, fed);
    }
    if (isEmbedding) this.#embedding(normed);
    else this.#head(normed);
    return graph;
  }

  #declareCache(layer: number): CacheNames[] {
    const graph = this.#graph;
    const { config } = this;
    return (["key", "value"] as const).map((kind) => {
      const dims = (length: string) => ["batch_size", config.kvHeads, length, config.headDim];
      const past = `past_key_values.${layer}.${kind}`;
      const present = `present.${layer}.${kind}`;
      graph.input(past, this.#type, dims("past_sequence_length"));
      graph.output(present, this.#type, dims("total_sequence_length"));
      return { past, present };
    });
  }

  /** Real tokens of each row, past ones included, in the forms the attention wants. */
  #lengths(): { real: string; last: string; total: string } {
    const graph = this.#graph;
    const real = graph.node(
      "ReduceSum",
      [
        "attention_mask",
        graph.constant("/const/axis1", "int64", [1], [1]),
      ],
      ["/lengths/real"],
      { keepdims: 0 },
    );
    const lastLong = graph.node("Sub", [real, graph.constant("/const/one", "int64", [1], [1])], [
      "/lengths/last_int64",
    ]);
    const last = graph.node("Cast", [lastLong], ["/lengths/last"], { to: 6 });
    const shape = graph.node("Shape", ["attention_mask"], ["/lengths/mask_shape"]);
    const totalLong = graph.node("Gather", [
      shape,
      graph.constant("/const/index1", "int64", [], [1]),
    ], [
      "/lengths/total_int64",
    ], { axis: 0 });
    const total = graph.node("Cast", [totalLong], ["/lengths/total"], { to: 6 });
    return { real, last, total };
  }

  #embed(): string {
    const graph = this.#graph;
    const parts = this.plan.weights.get(EMBEDDING)!;
    const out = "/model/embed_tokens/out";
    const [first] = parts;
    if (first!.layout === "block8") return this.#embedBlocks(first!, out);
    if (parts.length === 1) {
      return graph.node(
        "Gather",
        [
          this.#values(first!.values, "model.embed_tokens.weight"),
          "input_ids",
        ],
        [out],
        { axis: 0 },
      );
    }
    const found = parts.map((part, index) => this.#embedPart(part, index));
    return graph.node("Sum", found, [out]);
  }

  /**
   * Rows of a table in blocks, by operators that every runtime has: the one for this
   * (`GatherBlockQuantized`) is missing in WebAssembly.
   */
  #embedBlocks({ values, scales, rows, columns }: PlannedWeight, out: string): string {
    const graph = this.#graph;
    const at = "/model/embed_tokens";
    const blocks = columns / BLOCK_SIZE;
    const find = (name: string, table: string) =>
      graph.node("Gather", [table, "input_ids"], [`${at}/${name}`], { axis: 0 });
    const levels = find(
      "levels",
      this.#values(values, "model.embed_tokens.levels", [rows, columns]),
    );
    const rowScales = find("scales", this.#values(scales!, "model.embed_tokens.scales"));
    const shape = (name: string, ...dims: number[]) =>
      graph.constant(`${at}/${name}`, "int64", [dims.length], dims);
    const type = this.#type === "float16" ? 10 : 1;
    const floats = graph.node("Cast", [levels], [`${at}/floats`], { to: type });
    const middle = graph.constant(`${at}/middle`, this.#type, [], [128]);
    const centred = graph.node("Sub", [floats, middle], [`${at}/centred`]);
    const inBlocks = graph.node("Reshape", [centred, shape("blocks", 0, 0, blocks, BLOCK_SIZE)], [
      `${at}/in_blocks`,
    ]);
    const column = graph.node("Unsqueeze", [rowScales, shape("last_axis", -1)], [`${at}/column`]);
    const scaled = graph.node("Mul", [inBlocks, column], [`${at}/scaled`]);
    return graph.node("Reshape", [scaled, shape("rows", 0, 0, columns)], [out]);
  }

  /** Rows of one part of the table; zeros for tokens of other parts. */
  #embedPart(part: PlannedWeight, index: number): string {
    const graph = this.#graph;
    const at = `/model/embed_tokens/part${index}`;
    const scalar = (name: string, value: number) =>
      graph.constant(`${at}/${name}`, "int64", [], [value]);
    const local = graph.node("Sub", ["input_ids", scalar("first", part.firstRow)], [`${at}/local`]);
    const zero = scalar("zero", 0);
    const isAfter = graph.node("GreaterOrEqual", [local, zero], [`${at}/after_first`]);
    const isBefore = graph.node("Less", [local, scalar("row_count", part.rows)], [
      `${at}/before_end`,
    ]);
    const isInside = graph.node("And", [isAfter, isBefore], [`${at}/inside`]);
    const safe = graph.node("Where", [isInside, local, zero], [`${at}/safe`]);
    const rows = graph.node(
      "Gather",
      [
        this.#values(part.values, `model.embed_tokens.weight.${index}`),
        safe,
      ],
      [`${at}/rows`],
      { axis: 0 },
    );
    const factor = graph.node("Cast", [isInside], [`${at}/factor`], {
      to: this.#type === "float16" ? 10 : 1,
    });
    const column = graph.node("Unsqueeze", [
      factor,
      graph.constant(`${at}/last_axis`, "int64", [1], [-1]),
    ], [`${at}/column`]);
    return graph.node("Mul", [rows, column], [`${at}/out`]);
  }

  #attention(
    layer: number,
    input: string,
    caches: readonly CacheNames[],
    lengths: { last: string; total: string },
  ): string {
    const { config } = this;
    const prefix = `model.layers.${layer}.self_attn`;
    const project = (name: "q" | "k" | "v", heads: number) => {
      const projected = this.#linear(`${prefix}.${name}_proj`, input);
      if (config.modelType === "qwen2") {
        return this.#graph.node("Add", [projected, this.#vector(`${prefix}.${name}_proj.bias`)], [
          `/${prefix}.${name}_proj/biased`,
        ]);
      }
      return name === "v" ? projected : this.#headNorm(`${prefix}.${name}_norm`, projected, heads);
    };
    const [key, value] = caches;
    const out = `/${prefix}/attended`;
    this.#graph.node(
      "GroupQueryAttention",
      [
        project("q", config.heads),
        project("k", config.kvHeads),
        project("v", config.kvHeads),
        key?.past ?? "",
        value?.past ?? "",
        lengths.last,
        lengths.total,
        this.#values(this.plan.rotary.cos, "rotary.cos"),
        this.#values(this.plan.rotary.sin, "rotary.sin"),
      ],
      // The operator gives a cache even where nobody reads it.
      [out, key?.present ?? `${out}/keys`, value?.present ?? `${out}/values`],
      {
        num_heads: config.heads,
        kv_num_heads: config.kvHeads,
        scale: { float: 1 / Math.sqrt(config.headDim) },
        do_rotary: 1,
        rotary_interleaved: 0,
      },
      MICROSOFT,
    );
    return out;
  }

  /** Qwen3's root mean square norm over each head. */
  #headNorm(name: string, input: string, heads: number): string {
    const graph = this.#graph;
    const { headDim } = this.config;
    const apart = graph.constant(`/const/heads${heads}`, "int64", [4], [0, 0, heads, headDim]);
    const joined = graph.constant(`/const/joined${heads}`, "int64", [3], [0, 0, heads * headDim]);
    const split = graph.node("Reshape", [input, apart], [`/${name}/split`]);
    const normed = graph.node(
      "SimplifiedLayerNormalization",
      [
        split,
        this.#vector(`${name}.weight`),
      ],
      [`/${name}/normed`],
      {
        axis: -1,
        epsilon: { float: this.config.rmsNormEps },
        stash_type: 1,
      },
    );
    return graph.node("Reshape", [normed, joined], [`/${name}/out`]);
  }

  #feedForward(layer: number, input: string): string {
    const graph = this.#graph;
    const prefix = `model.layers.${layer}.mlp`;
    const gate = this.#linear(`${prefix}.gate_proj`, input);
    const sigmoid = graph.node("Sigmoid", [gate], [`/${prefix}/sigmoid`]);
    const silu = graph.node("Mul", [gate, sigmoid], [`/${prefix}/silu`]);
    const up = this.#linear(`${prefix}.up_proj`, input);
    const product = graph.node("Mul", [silu, up], [`/${prefix}/product`]);
    return this.#linear(`${prefix}.down_proj`, product);
  }

  /** @returns the normalised sum and the sum itself; the last layer's sum is not needed. */
  #addAndNorm(name: string, skip: string, added: string): [string, string] {
    const normed = `/${name}/out`;
    const sum = name === "model.norm" ? "" : `/${name}/sum`;
    this.#graph.node(
      "SkipSimplifiedLayerNormalization",
      [skip, added, this.#vector(`${name}.weight`)],
      sum === "" ? [normed] : [normed, "", "", sum],
      { epsilon: { float: this.config.rmsNormEps } },
      MICROSOFT,
    );
    return [normed, sum];
  }

  /**
   * Places, among all rows' tokens, whose logits are wanted: of each row the last
   * `num_logits_to_keep` real ones (0 = every one). [batch, kept positions].
   */
  #keptPositions(realLengths: string): string {
    const graph = this.#graph;
    const scalar = (name: string, value: number) =>
      graph.constant(`/const/${name}`, "int64", [], [value]);
    const zero = scalar("zero", 0);
    const one = scalar("one_scalar", 1);
    const at = "/kept";
    const shape = graph.node("Shape", ["input_ids"], [`${at}/ids_shape`]);
    const rows = graph.node("Gather", [shape, zero], [`${at}/rows`], { axis: 0 });
    const length = graph.node("Gather", [shape, one], [`${at}/length`], { axis: 0 });
    const maskShape = graph.node("Shape", ["attention_mask"], [`${at}/mask_shape`]);
    const total = graph.node("Gather", [maskShape, one], [`${at}/total`], { axis: 0 });
    const past = graph.node("Sub", [total, length], [`${at}/past`]);

    const keepsAll = graph.node("Equal", [LAST_TOKENS_INPUT, zero], [`${at}/keeps_all`]);
    const fewer = graph.node("Min", [LAST_TOKENS_INPUT, length], [`${at}/fewer`]);
    const kept = graph.node("Where", [keepsAll, length, fewer], [`${at}/count`]);
    // A row's real tokens end at realLengths - past; all positions start at 0.
    const ends = graph.node("Sub", [realLengths, past], [`${at}/ends`]);
    const starts = graph.node("Sub", [ends, kept], [`${at}/starts_raw`]);
    const inside = graph.node("Max", [starts, zero], [`${at}/starts_inside`]);
    const start = graph.node("Where", [keepsAll, zero, inside], [`${at}/starts`]);
    const offsets = graph.node("Range", [zero, kept, one], [`${at}/offsets`]);
    const column = graph.constant("/const/axis_last", "int64", [1], [-1]);
    const startColumn = graph.node("Unsqueeze", [start, column], [`${at}/start_column`]);
    const positions = graph.node("Add", [startColumn, offsets], [`${at}/positions`]);
    // Rows lie one after the other in the flattened states.
    const rowNumbers = graph.node("Range", [zero, rows, one], [`${at}/row_numbers`]);
    const rowStarts = graph.node("Mul", [rowNumbers, length], [`${at}/row_starts`]);
    const rowColumn = graph.node("Unsqueeze", [rowStarts, column], [`${at}/row_column`]);
    return graph.node("Add", [positions, rowColumn], [`${at}/flat`]);
  }

  /** The states [batch, positions, columns] at those places of all rows' tokens. */
  #keep(name: string, states: string, places: string, columns: number): string {
    const graph = this.#graph;
    const flat = graph.node("Reshape", [
      states,
      graph.constant(`/const/flat${columns}`, "int64", [2], [-1, columns]),
    ], [`/kept/${name}_flat`]);
    return graph.node("Gather", [flat, places], [`/kept/${name}`], { axis: 0 });
  }

  /** The state of each row's one kept position. */
  #embedding(hidden: string): void {
    const graph = this.#graph;
    const isFloat = this.#type === "float32";
    const out = isFloat ? "sentence_embedding" : "/sentence_embedding/out";
    graph.node("Reshape", [
      hidden,
      graph.constant("/const/flat_states", "int64", [2], [-1, this.config.hiddenSize]),
    ], [out]);
    if (!isFloat) graph.node("Cast", [out], ["sentence_embedding"], { to: 1 });
  }

  #head(hidden: string): void {
    const graph = this.#graph;
    const { hiddenSize, vocabSize } = this.config;
    const source = [HEAD, TIED_HEAD, EMBEDDING].find((name) => this.plan.weights.has(name))!;
    const parts = this.plan.weights.get(source)!;
    const isFloat = this.#type === "float32";
    const out = isFloat ? "logits" : "/lm_head/out";
    const [first] = parts;
    if (first!.layout === "block8") {
      this.#blockMatMul("lm_head", hidden, first!, 8, out);
    } else {
      const flat = graph.node("Reshape", [
        hidden,
        graph.constant("/const/flat_states", "int64", [2], [-1, hiddenSize]),
      ], ["/lm_head/flat"]);
      const products = parts.map((part, index) =>
        graph.node(
          "Gemm",
          [
            flat,
            this.#values(
              part.values,
              source === EMBEDDING
                ? `model.embed_tokens.weight${parts.length > 1 ? `.${index}` : ""}`
                : `lm_head.weight.${index}`,
            ),
          ],
          [`/lm_head/product${index}`],
          { transB: 1 },
        )
      );
      const joined = products.length === 1
        ? products[0]!
        : graph.node("Concat", products, ["/lm_head/joined"], { axis: 1 });
      const shape = graph.node("Shape", [hidden], ["/lm_head/hidden_shape"], { start: 0, end: 2 });
      const full = graph.node(
        "Concat",
        [
          shape,
          graph.constant("/const/vocabulary", "int64", [1], [vocabSize]),
        ],
        ["/lm_head/shape"],
        { axis: 0 },
      );
      graph.node("Reshape", [joined, full], [out]);
    }
    if (!isFloat) graph.node("Cast", [out], ["logits"], { to: 1 });
  }

  /** x · Wᵀ for the projection of that name. */
  #linear(name: string, input: string): string {
    const [weight] = this.plan.weights.get(`${name}.weight`)!;
    const out = `/${name}/out`;
    switch (weight!.layout) {
      case "block4":
        return this.#blockMatMul(name, input, weight!, 4, out);
      case "row8":
        return this.#integerMatMul(name, input, weight!, out);
      default:
        return this.#graph.node("MatMul", [
          input,
          this.#values(weight!.values, `${name}.weight`),
        ], [out]);
    }
  }

  #blockMatMul(
    name: string,
    input: string,
    weight: PlannedWeight,
    bits: 4 | 8,
    out: string,
  ): string {
    const { rows, columns, values, scales, zeroPoints } = weight;
    return this.#graph.node(
      "MatMulNBits",
      [
        input,
        this.#values(values, `${name}.blocks`),
        this.#values(scales!, `${name}.block_scales`),
        ...(zeroPoints === undefined
          ? []
          : [this.#values(zeroPoints, `${name}.block_zero_points`)]),
      ],
      [out],
      { K: columns, N: rows, bits, block_size: BLOCK_SIZE, accuracy_level: 4 },
      MICROSOFT,
    );
  }

  /**
   * Integer product with one scale a token and one a row of the weight:
   * y = s_token · s_row · Σ (q_x − 128) · q_w, q_w − 128 where the weights are unsigned.
   */
  #integerMatMul(name: string, input: string, weight: PlannedWeight, out: string): string {
    const graph = this.#graph;
    const { values, scale } = this.#quantise(input, weight.columns);
    const middle = graph.constant("/const/middle", "uint8", [], [128]);
    const product = graph.node(
      "MatMulIntegerToFloat",
      [
        values,
        this.#values(weight.values, `${name}.rows`),
        graph.constant("/const/unit", "float32", [], [1]),
        this.#values(weight.scales!, `${name}.row_scales`),
        middle,
        ...(weight.values.type === "uint8" ? [middle] : []),
      ],
      [`/${name}/product`],
      {},
      MICROSOFT,
    );
    return graph.node("Mul", [product, scale], [out]);
  }

  /** Activations as integers around 128, one scale a token; shared by all that read them. */
  #quantise(input: string, columns: number): { values: string; scale: string } {
    const known = this.#quantised.get(input);
    if (known !== undefined) return known;
    const graph = this.#graph;
    const float = (name: string, value: number) =>
      graph.constant(`/const/${name}`, "float32", [], [value]);
    const magnitude = graph.node("Abs", [input], [`${input}/magnitude`]);
    const axis = graph.constant("/const/axis_last", "int64", [1], [-1]);
    const largest = graph.node("ReduceMax", [magnitude, axis], [`${input}/largest`], {
      keepdims: 1,
    });
    const safe = graph.node("Max", [largest, float("tiny", 1e-30)], [`${input}/safe`]);
    const scale = graph.node("Div", [safe, float("steps", 127)], [`${input}/scale`]);
    const shape = (name: string, ...dims: number[]) =>
      graph.constant(`/const/${name}`, "int64", [dims.length], dims);
    // One scale a row is what the operator takes, and it does in one go what Div, Round, Add and Cast
    // would each walk the activations for.
    const flat = graph.node("Reshape", [input, shape(`flat${columns}`, -1, columns)], [
      `${input}/flat`,
    ]);
    const scales = graph.node("Reshape", [scale, shape("axis_last", -1)], [`${input}/scales`]);
    const rows = graph.node(
      "QuantizeLinear",
      [flat, scales, this.#middles(scales)],
      [`${input}/rows`],
      { axis: 0 },
    );
    const dims = graph.node("Shape", [input], [`${input}/shape`]);
    const values = graph.node("Reshape", [rows, dims], [`${input}/integers`]);
    const result = { values, scale };
    this.#quantised.set(input, result);
    return result;
  }

  /** As many zero points as there are scales: one tensor for all that have the same tokens. */
  #middles(scales: string): string {
    const graph = this.#graph;
    this.#zeroPoints ??= graph.node("Expand", [
      graph.constant("/const/middle", "uint8", [], [128]),
      graph.node("Shape", [scales], [`${scales}/count`]),
    ], [`${scales}/zero_points`]);
    return this.#zeroPoints;
  }

  /** A norm's weight or a bias. */
  #vector(source: string): string {
    const [weight] = this.plan.weights.get(source)!;
    return this.#values(weight!.values, source, [weight!.columns]);
  }

  #values(values: PlannedValues, name: string, dims = values.dims): string {
    return this.#graph.external(name, values.type, dims, values.at);
  }
}
