import { getLogger } from "@logtape/logtape";
import { type Dataset, loadDataset } from "../dataset/load_dataset.ts";
import type { Letter, Question } from "../dataset/question.ts";
import { sha256Hex } from "../dataset/sha256.ts";
import type { Prompt } from "../llm/llm.ts";
import { promptBytes } from "../llm/prompt_bytes.ts";
import type { PromptStyle } from "../prompt/render_prompt.ts";
import { createDatasetRetriever } from "../rag/dataset_retriever.ts";
import { createRagPipeline, type RagPipeline } from "../rag/rag_pipeline.ts";
import type { Retriever } from "../rag/retriever.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type Floor, scoreFloors } from "./summarise.ts";

/** Questions with their prompts sized: what a run and a dry run have in common. */
export interface PreparedEvaluation {
  readonly dataset: Dataset;
  readonly questions: Dataset["questions"];
  readonly pipeline: RagPipeline;
  readonly retriever?: Retriever;
  readonly style: PromptStyle;
  /** SHA-256 (hex) of all prompts, where a search made them. */
  readonly promptsSha256?: string;
  /** UTF-8 bytes of each prompt, by question index. */
  readonly promptSizes: ReadonlyMap<number, number>;
  readonly longestPromptBytes: number;
  readonly floors: readonly Floor[];
}

/**
 * Loads the questions and prepares every prompt once, asking nothing.
 * @throws {UsageError} for a question file that is missing or wrong.
 */
export async function prepareEvaluation(config: EvaluationConfig): Promise<PreparedEvaluation> {
  const dataset = await loadDataset(config.dataPath);
  const questions = dataset.questions.slice(0, config.samples);
  refuseMissingContexts(config, questions, dataset.questions);
  const style: PromptStyle = { mode: config.mode, fewShot: config.fewShot };
  let cutCount = 0;
  const retriever = await openRetriever(config, dataset, () => cutCount++);
  const pipeline = createRagPipeline({
    contextMode: config.contextMode,
    topK: config.topK,
    style,
    retriever,
  });
  const promptSizes = new Map<number, number>();
  const asked: { parts: Prompt["parts"]; answer: Letter }[] = [];
  const messages: Prompt["messages"][] = [];
  for (const question of questions) {
    const { prompt } = await pipeline.prepare(question);
    messages.push(prompt.messages);
    promptSizes.set(question.index, promptBytes(prompt));
    asked.push({ parts: prompt.parts, answer: question.answer });
  }
  // The pipeline keeps what was found.
  await retriever?.close?.();
  if (cutCount > 0) {
    getLogger(["houqa", "eval"]).warn(
      "{cut} of {total} questions are asked with statutes cut or left out: --context-tokens {room}.",
      { cut: cutCount, total: questions.length, room: config.contextTokens },
    );
  }
  return {
    dataset,
    questions,
    pipeline,
    retriever,
    style,
    ...(retriever === undefined
      ? {}
      : { promptsSha256: await sha256Hex(JSON.stringify(messages)) }),
    promptSizes,
    longestPromptBytes: promptSizes.values().reduce((most, size) => Math.max(most, size), 0),
    floors: scoreFloors(asked),
  };
}

async function openRetriever(
  { contextMode, lawIndex, retrieverType, contextTokens }: EvaluationConfig,
  { questions }: Dataset,
  onCut: () => void,
): Promise<Retriever | undefined> {
  if (contextMode !== "retrieved") return undefined;
  if (lawIndex === undefined) return createDatasetRetriever(questions);
  const { openLawRetriever } = await import("../rag/open_law_retriever.ts");
  return await openLawRetriever({
    folder: lawIndex,
    type: retrieverType,
    ...(contextTokens === undefined ? {} : { budgetTokens: contextTokens }),
    onCut,
  });
}

/** @throws {UsageError} when a run with contexts would have none at all. */
function refuseMissingContexts(
  { contextMode, dataPath, lawIndex }: EvaluationConfig,
  asked: readonly Question[],
  all: readonly Question[],
): void {
  const without = (questions: readonly Question[]) => questions.filter((q) => q.context === "");
  const isOwnSearch = contextMode === "retrieved" && lawIndex === undefined;
  if (isOwnSearch && without(all).length === all.length) {
    throw new UsageError(
      `${dataPath} has no コンテキスト to search. Use --index or --context none (--no-rag).`,
    );
  }
  if (contextMode !== "gold" || without(asked).length === 0) return;
  if (without(asked).length === asked.length) {
    throw new UsageError(`${dataPath} has no コンテキスト. Use --context none (--no-rag).`);
  }
  getLogger(["houqa", "eval"]).warn(
    "{count} of {total} questions have no コンテキスト and are asked without one.",
    { count: without(asked).length, total: asked.length },
  );
}
