import { CausalModel } from "../../llm/causal_model.ts";
import { ChatTokenizer } from "../../llm/chat_tokenizer.ts";
import { readModelFolder } from "../../llm/model_folder.ts";
import { sessionModel } from "../../llm/session_model.ts";
import { PrefixReuse } from "../../llm/prefix_reuse.ts";
import type { ExportDtype } from "../../onnx/export_dtype.ts";
import type { DeviceName } from "../../runtime/device.ts";
import { openSession } from "../../runtime/open_session.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { fitDocument } from "./fit_document.ts";
import { logProbability } from "./log_probability.ts";
import type { Reranker, RerankerIdentity } from "./reranker.ts";

/** A reranker's folder and how it runs. */
export interface RerankerOptions {
  /** With `onnx/`, tokenizer and configuration. */
  readonly folder: string;
  /** As the user calls the model. */
  readonly name: string;
  /** What stands for the model's files. */
  readonly digest: string;
  readonly device: DeviceName;
  readonly dtype: ExportDtype;
  /** Longest query and text together; default {@linkcode DEFAULT_MAX_TOKENS}. */
  readonly maxTokens?: number;
  readonly threads?: number;
  /** Called when the reranker is closed; more than once is harmless. */
  readonly onClose?: () => void;
  /** Replaced in tests. */
  readonly open?: typeof openSession;
}

/** A query and a text that is cut to what matters are far below; it bounds time and memory. */
export const DEFAULT_MAX_TOKENS = 2048;

/** The task as the model's authors phrase it; they advise English, whatever the texts' language. */
export const DEFAULT_INSTRUCTION =
  "Given a web search query, retrieve relevant passages that answer the query";

const SYSTEM = "Judge whether the Document meets the requirements based on the Query and the " +
  'Instruct provided. Note that the answer can only be "yes" or "no".';
const BEFORE = `<|im_start|>system\n${SYSTEM}<|im_end|>\n<|im_start|>user\n`;
const BEHIND = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n";

/**
 * Qwen3-Reranker, exported by houqa: a decoder that answers whether a document fits with "yes" or
 * "no". Prompt and score are those of the model's card (huggingface.co/Qwen/Qwen3-Reranker-0.6B): the
 * log-probability of "yes" against "no" at the last position. What the prompts of one query share is
 * computed once.
 */
export class QwenReranker implements Reranker {
  readonly #prefixes: PrefixReuse;
  readonly #before: readonly number[];
  readonly #behind: readonly number[];
  #cutTexts = 0;

  private constructor(
    readonly identity: RerankerIdentity,
    readonly model: CausalModel,
    readonly tokenizer: ChatTokenizer,
    readonly answers: { readonly yes: number; readonly no: number },
    readonly instruction: string,
    readonly onClose: (() => void) | undefined,
  ) {
    this.#prefixes = new PrefixReuse(model);
    this.#before = tokenizer.encode(BEFORE);
    this.#behind = tokenizer.encode(BEHIND);
  }

  /**
   * Loads the model.
   * @param options `instruction`: what "fits" means, instead of {@linkcode DEFAULT_INSTRUCTION}.
   * @throws {UsageError} when the folder holds no such model.
   * @throws {CannotContinueError} when the runtime can't load it.
   */
  static async open(
    options: RerankerOptions & { readonly instruction?: string },
  ): Promise<QwenReranker> {
    const { folder, name, digest, device, dtype, threads, onClose } = options;
    const modelFolder = await readModelFolder(folder, dtype);
    const tokenizer = await ChatTokenizer.load(folder);
    const [yes, no] = ["yes", "no"].map((word) => tokenizer.encode(word));
    if (yes?.length !== 1 || no?.length !== 1) {
      throw new UsageError(
        `${folder}: "yes" and "no" are not one token each, so it is no reranker of Qwen3's kind.`,
      );
    }
    let model: CausalModel;
    try {
      const session = await (options.open ?? openSession)(
        device,
        sessionModel(modelFolder),
        threads === undefined ? {} : { threads },
      );
      model = new CausalModel(session, modelFolder.shape);
    } catch (error) {
      throw cannotLoad(options, error as Error);
    }
    const maxTokens = Math.min(options.maxTokens ?? DEFAULT_MAX_TOKENS, modelFolder.maxPositions);
    return new QwenReranker(
      { kind: "causal", model: name, digest, maxTokens },
      model,
      tokenizer,
      { yes: yes[0]!, no: no[0]! },
      options.instruction ?? DEFAULT_INSTRUCTION,
      onClose,
    );
  }

  get cutTexts(): number {
    return this.#cutTexts;
  }

  countTokens(text: string): number {
    return this.tokenizer.encode(text).length;
  }

  async rerank(
    query: string,
    texts: readonly string[],
    signal?: AbortSignal,
  ): Promise<number[]> {
    const start = `<Instruct>: ${this.instruction}\n<Query>: ${query}\n<Document>: `;
    const scores: number[] = [];
    for (const text of texts) {
      // A pass blocks the thread: signals get their turn here.
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      const { encoded, isCut } = await fitDocument(
        text,
        this.identity.maxTokens,
        (kept) => [...this.#before, ...this.tokenizer.encode(start + kept), ...this.#behind],
        ({ length }) => length,
      );
      this.#cutTexts += Number(isCut);
      scores.push(await this.#score(encoded));
    }
    return scores;
  }

  async close(): Promise<void> {
    this.#prefixes.clear();
    await this.model.session.close();
    this.onClose?.();
  }

  async #score(ids: readonly number[]): Promise<number> {
    try {
      const prefix = await this.#prefixes.find(ids);
      const { logits, cache } = await this.model.forward(ids.slice(prefix?.length ?? 0), prefix);
      this.#prefixes.remember(ids, cache);
      return logProbability(logits[this.answers.yes]!, logits[this.answers.no]!);
    } catch (error) {
      // What is kept may be what memory ran out for.
      this.#prefixes.clear();
      throw new CannotContinueError(
        `The reranker ${this.identity.model} failed: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
}

/** What is said of a graph that the runtime does not take. */
export function cannotLoad(
  { name, folder, device }: RerankerOptions,
  error: Error,
): CannotContinueError {
  return new CannotContinueError(
    `The reranker ${name} (${folder}) can't be loaded on ${device}: ${error.message}`,
    { cause: error },
  );
}
