/** What a text is: something that is looked for, or something that can be found. */
export type TextKind = "query" | "passage";

/** How a model's states become one vector. */
export type Pooling =
  /** Mean over the tokens. */
  | "mean"
  /** The first token. */
  | "cls"
  /** The last token. */
  | "last_token"
  /** By the graph itself. */
  | "graph"
  /** By an Ollama server. */
  | "server";

/** What embeddings depend on. */
export interface EmbedderIdentity {
  readonly backend: "onnx" | "ollama";
  /** As it was asked for. */
  readonly model: string;
  /** `sha256:…` over every file that the vectors depend on, or the server's digest of the model. */
  readonly digest: string;
  readonly dimensions: number;
  readonly pooling: Pooling;
  /** Put before what is looked for. */
  readonly queryPrefix: string;
  /** Put before what can be found. */
  readonly passagePrefix: string;
  /** Longest text with its prefix, in tokens; longer ones are cut. */
  readonly maxTokens: number;
}

/** Turns texts into vectors that are close where the meaning is. */
export interface Embedder {
  readonly identity: EmbedderIdentity;
  /** Texts, of all so far, that were too long for the model and of which only a start was read. */
  readonly cutTexts: number;
  /**
   * One vector of length 1 a text, in their order. A text that is too long is cut at the end of a
   * sentence and counted.
   * @throws {DOMException} `AbortError` when the signal fires.
   */
  embed(
    texts: readonly string[],
    kind: TextKind,
    signal?: AbortSignal,
  ): Promise<Float32Array[]>;
  /** Frees the model. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * How two embedders differ in the vectors that they give to passages; empty: they can be used for
 * the same index. What stands before queries may change without a new index.
 */
export function embeddingDifferences(a: EmbedderIdentity, b: EmbedderIdentity): string[] {
  const fields = ["digest", "dimensions", "pooling", "passagePrefix", "maxTokens"] as const;
  return fields.filter((field) => a[field] !== b[field])
    .map((field) => `${field} ${JSON.stringify(a[field])} and ${JSON.stringify(b[field])}`);
}
