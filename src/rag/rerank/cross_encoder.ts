import type { Tensor } from "onnxruntime-common";
import { openSession } from "../../runtime/open_session.ts";
import type { RuntimeSession } from "../../runtime/runtime_session.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { chooseGraph } from "../vector/choose_graph.ts";
import { splitBatches } from "../vector/split_batches.ts";
import { fitDocument } from "./fit_document.ts";
import { logProbability } from "./log_probability.ts";
import type { EncodedPair } from "../../tokenizer/model_tokenizer.ts";
import { PairTokenizer } from "./pair_tokenizer.ts";
import { cannotLoad, DEFAULT_MAX_TOKENS, type RerankerOptions } from "./qwen_reranker.ts";
import { readRerankerFolder, type RerankerFolder } from "./read_reranker_folder.ts";
import type { Reranker, RerankerIdentity } from "./reranker.ts";

const BATCH_LIMITS = {
  cpu: { tokens: 2048, pairs: 2 ** 20 },
  wasm: { tokens: 2048, pairs: 2 ** 20 },
  webgpu: { tokens: 8192, pairs: 2 ** 22 },
  cuda: { tokens: 16384, pairs: 2 ** 23 },
} as const;

type CrossEncoderFolder = Extract<RerankerFolder, { kind: "cross_encoder" }>;

/**
 * A cross-encoder in a transformers.js folder: query and text in one sequence, one logit (its sigmoid
 * is the probability that the text fits) or two (softmax).
 */
export class CrossEncoder implements Reranker {
  #cutTexts = 0;

  private constructor(
    readonly identity: RerankerIdentity,
    readonly session: RuntimeSession,
    readonly tokenizer: PairTokenizer,
    readonly folder: CrossEncoderFolder,
    readonly onClose: (() => void) | undefined,
  ) {}

  /**
   * Loads the model and runs it once.
   * @throws {UsageError} when the folder holds no cross-encoder.
   * @throws {CannotContinueError} when the runtime can't load or run it.
   */
  static async open(options: RerankerOptions): Promise<CrossEncoder> {
    const { folder: path, name, digest, device, dtype, threads, onClose } = options;
    const folder = await readRerankerFolder(path);
    if (folder.kind !== "cross_encoder") throw new UsageError(`${path} is no cross-encoder.`);
    const graph = await chooseGraph(path, device, dtype);
    const tokenizer = await PairTokenizer.load(path);
    let session: RuntimeSession;
    try {
      session = await (options.open ?? openSession)(
        device,
        { graph: graph.path, dataFiles: graph.dataFiles, cacheOutputs: [] },
        threads === undefined ? {} : { threads },
      );
    } catch (error) {
      throw cannotLoad(options, error as Error);
    }
    const maxTokens = Math.min(options.maxTokens ?? DEFAULT_MAX_TOKENS, folder.maxTokens);
    const identity = { kind: "cross_encoder", model: name, digest, maxTokens } as const;
    const encoder = new CrossEncoder(identity, session, tokenizer, folder, onClose);
    try {
      await encoder.#run([tokenizer.encode("a", "a")]);
    } catch (error) {
      await session.close();
      throw error;
    }
    return encoder;
  }

  get cutTexts(): number {
    return this.#cutTexts;
  }

  countTokens(text: string): number {
    return this.tokenizer.count(text);
  }

  async rerank(
    query: string,
    texts: readonly string[],
    signal?: AbortSignal,
  ): Promise<number[]> {
    const pairs: EncodedPair[] = [];
    for (const text of texts) {
      const { encoded, isCut } = await fitDocument(
        text,
        this.identity.maxTokens,
        (start) => this.tokenizer.encode(query, start),
        ({ ids }) => ids.length,
      );
      this.#cutTexts += Number(isCut);
      pairs.push(encoded);
    }
    const scores: number[] = [];
    const lengths = pairs.map(({ ids }) => ids.length);
    for (const batch of splitBatches(lengths, BATCH_LIMITS[this.session.device])) {
      // A run can block the thread: signals get their turn here.
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      const found = await this.#run(batch.map((place) => pairs[place]!));
      batch.forEach((place, row) => scores[place] = found[row]!);
    }
    return scores;
  }

  async close(): Promise<void> {
    await this.session.close();
    this.onClose?.();
  }

  async #run(pairs: readonly EncodedPair[]): Promise<number[]> {
    const feeds = this.#feeds(pairs);
    let logits: Tensor | undefined;
    let values: Float32Array;
    try {
      const outputs = await this.session.run(feeds);
      logits = outputs.logits ?? Object.values(outputs)[0];
      values = await readFloats(logits!);
    } catch (error) {
      throw new CannotContinueError(
        `The reranker ${this.identity.model} failed: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const labels = values.length / pairs.length;
    if (labels !== 1 && labels !== 2) {
      throw new UsageError(
        `The graph of ${this.identity.model} gives [${logits!.dims.join(", ")}] for ` +
          `${pairs.length} pair(s): a reranker gives one logit or two for each.`,
      );
    }
    if (!values.every(Number.isFinite)) {
      throw new CannotContinueError(
        `The scores of the reranker ${this.identity.model} are not finite: half precision ` +
          "overflowed, or the weights are damaged. Use another precision (fp32 or q8).",
      );
    }
    const { fitsLabel } = this.folder;
    return pairs.map((_, row) =>
      labels === 1
        ? logProbability(values[row]!, 0)
        : logProbability(values[2 * row + fitsLabel]!, values[2 * row + 1 - fitsLabel]!)
    );
  }

  /** @throws {UsageError} for a graph that wants something else than a cross-encoder's inputs. */
  #feeds(pairs: readonly EncodedPair[]): Record<string, Tensor> {
    const { session, folder } = this;
    const width = Math.max(...pairs.map(({ ids }) => ids.length));
    const padToken = folder.padToken ?? this.tokenizer.padToken ?? 0;
    const fill = (of: (pair: EncodedPair, at: number) => number) => {
      const values = new BigInt64Array(pairs.length * width);
      pairs.forEach((pair, row) => {
        for (let at = 0; at < width; at++) values[row * width + at] = BigInt(of(pair, at));
      });
      return session.tensor("int64", values, [pairs.length, width]);
    };
    const inputs: Record<string, (pair: EncodedPair, at: number) => number> = {
      input_ids: ({ ids }, at) => ids[at] ?? padToken,
      attention_mask: ({ ids }, at) => at < ids.length ? 1 : 0,
      token_type_ids: ({ types }, at) => types[at] ?? 0,
      position_ids: ({ ids }, at) =>
        at < ids.length ? at + folder.firstPosition : Math.max(0, folder.firstPosition - 1),
    };
    return Object.fromEntries(session.inputNames.map((name) => {
      const of = inputs[name];
      if (of !== undefined) return [name, fill(of)];
      throw new UsageError(
        `The graph of ${this.identity.model} wants the input ${name}, which is no cross-encoder's.`,
      );
    }));
  }
}

async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data = tensor.location === "cpu" ? tensor.data : await tensor.getData(true);
  if (data instanceof Float32Array) return data;
  const bits = data as Uint16Array;
  return Float32Array.from(new Float16Array(bits.buffer, bits.byteOffset, bits.length));
}
