import { getLogger } from "@logtape/logtape";
import { checkLlmConfig, createLlm } from "../llm/create_llm.ts";
import type { Completion, InvokeOverrides, Llm, Prompt } from "../llm/llm.ts";
import { modelName } from "../llm/model_name.ts";
import type { PrepareProgress } from "../llm/prepare_model.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import type { Retrieval, RetrievedContext, RetrieveOptions, Retriever } from "./retriever.ts";

/** What a pipeline is put together from. */
export interface RagPipelineParts<Request, Found extends Retrieval> {
  /** Absent: nothing is looked up. */
  readonly retriever?: Retriever<Found>;
  /** The prompt of a question with statute texts, in the order to show them; none: without. */
  readonly render: (request: Request, contexts: readonly string[]) => Prompt;
  /** A model that is there already; absent: {@linkcode RAGPipeline.loadModel} makes it. */
  readonly llm?: Llm;
}

/** How a model is loaded. */
export interface LoadModelOptions {
  /** UTF-8 bytes of the longest prompt: sizes the context window. */
  readonly longestPromptBytes: number;
  /** Ends the loading, which can take minutes. */
  readonly signal?: AbortSignal;
  /** Called while a model is downloaded and turned into ONNX. */
  readonly onProgress?: (progress: PrepareProgress) => void;
  /** Makes the model; replaced in tests. */
  readonly create?: typeof createLlm;
}

/**
 * From a question to its answer: retriever, prompt and model. An evaluation takes its steps one after
 * the other for all questions, because the longest prompt sizes the model's context window and the
 * search's memory is free before the model takes its own; a conversation takes them for each turn.
 */
export class RAGPipeline<Request, Found extends Retrieval = Retrieval> {
  readonly #parts: RagPipelineParts<Request, Found>;
  #llm: Llm | undefined;

  constructor(parts: RagPipelineParts<Request, Found>) {
    this.#parts = parts;
    this.#llm = parts.llm;
  }

  /** Absent: nothing is looked up. */
  get retriever(): Retriever<Found> | undefined {
    return this.#parts.retriever;
  }

  /** @throws {TypeError} before {@linkcode RAGPipeline.loadModel}. */
  get llm(): Llm {
    if (this.#llm === undefined) throw new TypeError("The model is not loaded yet");
    return this.#llm;
  }

  /**
   * Looks the statutes up.
   * @throws {TypeError} for a pipeline without a retriever.
   * @throws {DOMException} AbortError when the signal fires.
   */
  retrieve(query: string, options: RetrieveOptions): Promise<Found> {
    if (this.retriever === undefined) throw new TypeError("The pipeline has no retriever");
    return this.retriever.retrieve(query, options);
  }

  /** The prompt of a question with statutes, in the order to show them. */
  prompt(request: Request, contexts: readonly Pick<RetrievedContext, "text">[]): Prompt {
    return this.#parts.render(request, contexts.map(({ text }) => text));
  }

  /**
   * Makes the model on the backend of `LLMConfig`, and logs which.
   * @throws {UsageError} `Unknown LLM backend: …`, `hf backend requires hf_model_name in LLMConfig: …`,
   * or for a model of the hf backend that can't be used.
   * @throws {LlmError} when the backend can't be reached or does not have the model.
   * @throws {DOMException} AbortError when the signal fires.
   */
  async loadModel(config: EvaluationConfig, options: LoadModelOptions): Promise<Llm> {
    const { longestPromptBytes, signal, onProgress, create = createLlm } = options;
    checkLlmConfig(config);
    logModel(config);
    this.#llm = await create(config, longestPromptBytes, signal, onProgress);
    return this.#llm;
  }

  /** Asks the model: see {@linkcode Llm.invoke}. */
  invoke(prompt: Prompt, overrides?: InvokeOverrides): Promise<Completion> {
    return this.llm.invoke(prompt, overrides);
  }

  /** Frees what the search holds; nothing can be looked up after it. Safe to call twice. */
  async closeRetriever(): Promise<void> {
    await this.retriever?.close?.();
  }

  /** Frees search and model. Safe to call twice. */
  async close(): Promise<void> {
    try {
      await this.#llm?.close();
    } finally {
      await this.closeRetriever();
    }
  }
}

/** One line each, so that a log shows at a glance what runs. */
function logModel(config: EvaluationConfig): void {
  const log = getLogger(["houqa", "rag"]);
  const { llm, baseline } = config;
  log.info("Backend: {backend}", { backend: baseline === undefined ? llm.backend : "baseline" });
  log.info("Model: {model}", { model: modelName(config) });
  if (baseline === undefined && llm.backend === "hf") {
    log.info("LoRA path: {path}", { path: llm.loraPath ?? "none" });
  }
}
