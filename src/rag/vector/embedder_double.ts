/** For tests: an embedder without a model. Texts that share bigrams are close. */
import { visitBigrams } from "../index/law_bigrams.ts";
import type { Embedder, EmbedderIdentity, TextKind } from "./embedder.ts";
import { withLengthOne } from "./pool_states.ts";

/** What a double is and does. */
export interface EmbedderDoubleOptions extends Partial<EmbedderIdentity> {
  /** Called before every call. */
  readonly onEmbed?: (texts: readonly string[], kind: TextKind) => void | Promise<void>;
}

/** An embedder double, and what it was asked. */
export interface EmbedderDouble extends Embedder {
  /** All texts so far, with their kinds. */
  readonly asked: { readonly text: string; readonly kind: TextKind }[];
  closed: number;
}

/** Makes a double; texts of more than `maxTokens` characters are cut. */
export function embedderDouble(options: EmbedderDoubleOptions = {}): EmbedderDouble {
  const { onEmbed, ...changes } = options;
  const identity: EmbedderIdentity = {
    backend: "onnx",
    model: "double",
    digest: "sha256:double",
    dimensions: 128,
    pooling: "mean",
    queryPrefix: "",
    passagePrefix: "",
    maxTokens: 1000,
    ...changes,
  };
  let cutTexts = 0;
  return {
    identity,
    asked: [],
    closed: 0,
    get cutTexts() {
      return cutTexts;
    },
    async embed(texts, kind, signal) {
      await onEmbed?.(texts, kind);
      signal?.throwIfAborted();
      for (const text of texts) {
        this.asked.push({ text, kind });
        if (text.length > identity.maxTokens) cutTexts++;
      }
      return texts.map((text) =>
        bagOfBigrams(text.slice(0, identity.maxTokens), identity.dimensions)
      );
    },
    close() {
      this.closed++;
      return Promise.resolve();
    },
  };
}

function bagOfBigrams(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  visitBigrams(text, (first, second) => {
    let hash = 2166136261;
    for (const symbol of [first, second]) hash = Math.imul(hash ^ symbol, 16777619) >>> 0;
    hash ^= hash >>> 15;
    vector[hash % dimensions]! += hash & 1 << 20 ? 1 : -1;
  });
  return withLengthOne(vector);
}
