import type { ExportDtype } from "../../onnx/export_dtype.ts";
import type { DeviceName } from "../../runtime/device.ts";
import { openSession } from "../../runtime/open_session.ts";
import type { RuntimeSession } from "../../runtime/runtime_session.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { chooseGraph } from "./choose_graph.ts";
import { cutAtSentence } from "./cut_at_sentence.ts";
import { embedTokens } from "./embed_tokens.ts";
import type { Embedder, EmbedderIdentity, TextKind } from "./embedder.ts";
import { EmbeddingTokenizer } from "./embedding_tokenizer.ts";
import { type EmbeddingFolder, readEmbeddingFolder } from "./read_embedding_folder.ts";
import { splitBatches } from "./split_batches.ts";

/** Which model in a folder, and how it runs. */
export interface OnnxEmbedderOptions {
  /** With `onnx/model*.onnx`, tokenizer and configuration. */
  readonly folder: string;
  /** As the user calls the model. */
  readonly name: string;
  /** What stands for the model's files; `digestEmbeddingModel` gives it. */
  readonly digest: string;
  readonly device: DeviceName;
  /** Default: the first that is there, fp32 first on processors and fp16 on GPUs. */
  readonly dtype?: ExportDtype;
  /** Replaces what the model's files put before queries. */
  readonly queryPrefix?: string;
  /** Replaces what the model's files put before passages. */
  readonly passagePrefix?: string;
  /** Longest text in tokens; default {@linkcode DEFAULT_MAX_TOKENS}, never above the model's own. */
  readonly maxTokens?: number;
  readonly threads?: number;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
  /** Called when the embedder is closed; more than once is harmless. */
  readonly onClose?: () => void;
  /** Replaced in tests. */
  readonly open?: typeof openSession;
}

/** Attention takes memory by the square of the length: 2,048 tokens are a few hundred megabytes. */
export const DEFAULT_MAX_TOKENS = 2048;

/**
 * On a processor larger batches only take memory: 192 texts of 15 to 250 tokens took 4 s each way,
 * with a peak of 326 MB at 512 tokens a batch and 748 MB at 4,096 (MiniLM, two cores).
 */
const BATCH_LIMITS = {
  cpu: { tokens: 512, pairs: 2 ** 18 },
  wasm: { tokens: 512, pairs: 2 ** 18 },
  webgpu: { tokens: 8192, pairs: 2 ** 22 },
  cuda: { tokens: 16384, pairs: 2 ** 23 },
} as const;

/** An ONNX model of sentence-transformers' kind over one of ONNX's runtimes. */
export class OnnxEmbedder implements Embedder {
  #cutTexts = 0;

  private constructor(
    readonly identity: EmbedderIdentity,
    readonly session: RuntimeSession,
    readonly tokenizer: EmbeddingTokenizer,
    readonly model: EmbeddingFolder,
    readonly onClose: (() => void) | undefined,
  ) {}

  /**
   * Loads the model and runs it once.
   * @throws {UsageError} when the folder is no embedding model that can be run here.
   * @throws {CannotContinueError} when the runtime can't load it.
   */
  static async open(options: OnnxEmbedderOptions): Promise<OnnxEmbedder> {
    const { folder, name, device, threads } = options;
    const model = await readEmbeddingFolder(folder, name);
    const graph = await chooseGraph(folder, device, options.dtype);
    const tokenizer = await EmbeddingTokenizer.load(folder, model.pooling === "last_token");
    for (const note of model.notes) options.onNote?.(note);
    let session: RuntimeSession;
    try {
      session = await (options.open ?? openSession)(
        device,
        { graph: graph.path, dataFiles: graph.dataFiles, cacheOutputs: [] },
        { threads },
      );
    } catch (error) {
      throw new CannotContinueError(
        `The embedding model ${name} (${graph.path}) can't be loaded on ${device}: ` +
          (error as Error).message,
        { cause: error },
      );
    }
    try {
      const { embeddings, isPooled } = await embedTokens(
        session,
        model,
        [tokenizer.encode("a")],
        0,
      );
      if (!isPooled && model.needsOwnPooling) {
        throw new UsageError(
          `${folder}: a layer follows the pooling (modules.json), and the graph does not hold it. ` +
            "Take an export with the output sentence_embedding.",
        );
      }
      const identity: EmbedderIdentity = {
        backend: "onnx",
        model: name,
        digest: options.digest,
        dimensions: embeddings[0]!.length,
        pooling: isPooled ? "graph" : model.pooling,
        queryPrefix: options.queryPrefix ?? model.queryPrefix,
        passagePrefix: options.passagePrefix ?? model.passagePrefix,
        maxTokens: Math.min(options.maxTokens ?? DEFAULT_MAX_TOKENS, model.maxTokens),
      };
      return new OnnxEmbedder(identity, session, tokenizer, model, options.onClose);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get cutTexts(): number {
    return this.#cutTexts;
  }

  async embed(
    texts: readonly string[],
    kind: TextKind,
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const tokens: number[][] = [];
    for (const text of texts) tokens.push(await this.#encode(text, kind));
    const padToken = this.model.padToken ?? this.tokenizer.padToken ?? 0;
    const found: Float32Array[] = [];
    const lengths = tokens.map((ids) => ids.length);
    for (const batch of splitBatches(lengths, BATCH_LIMITS[this.session.device])) {
      // A run can block the thread: signals get their turn here.
      if (texts.length > 1) await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      const rows = batch.map((place) => tokens[place]!);
      const { embeddings } = await embedTokens(this.session, this.model, rows, padToken);
      batch.forEach((place, row) => found[place] = embeddings[row]!);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.session.close();
    this.onClose?.();
  }

  async #encode(text: string, kind: TextKind): Promise<number[]> {
    const { queryPrefix, passagePrefix, maxTokens } = this.identity;
    const prefix = kind === "query" ? queryPrefix : passagePrefix;
    let ids: number[] = [];
    const { end, text: kept } = await cutAtSentence(text, (start) => {
      ids = this.tokenizer.encode(prefix + start);
      return ids.length <= maxTokens;
    });
    if (end !== "whole") {
      this.#cutTexts++;
      ids = this.tokenizer.encode(prefix + kept).slice(0, maxTokens);
    }
    return ids;
  }
}
