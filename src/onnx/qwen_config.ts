/** What the graph of a Qwen2 or Qwen3 decoder depends on, from its config.json. */
export interface QwenConfig {
  readonly modelType: "qwen2" | "qwen3";
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  /** Key and value heads; divides `heads`. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly rmsNormEps: number;
  /** Longest sequence, in tokens. */
  readonly maxPositions: number;
  /** The output layer uses the embedding's weights. */
  readonly tied: boolean;
  /** config.json as it was read. */
  readonly raw: Readonly<Record<string, unknown>>;
}
