import { setImmediate } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import { groupOrders } from "../dataset/group_orders.ts";
import { type Dataset, loadDataset } from "../dataset/load_dataset.ts";
import type { Letter, Question } from "../dataset/question.ts";
import { sha256Hex } from "../dataset/sha256.ts";
import type { Prompt } from "../llm/llm.ts";
import { promptBytes } from "../llm/prompt_bytes.ts";
import { type PromptStyle, renderPrompt } from "../prompt/render_prompt.ts";
import { createDatasetRetriever } from "../rag/dataset_retriever.ts";
import { RAGPipeline } from "../rag/rag_pipeline.ts";
import type { Retriever } from "../rag/retriever.ts";
import type { OpenSearchHooks } from "../rag/search/open_law_search.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type PreparedQuestion, QuestionPrompts } from "./question_prompts.ts";
import { statuteRoom } from "./statute_room.ts";
import { type Floor, scoreFloors } from "./summarise.ts";

/** Questions with their prompts sized: what a run and a dry run have in common. */
export interface PreparedEvaluation {
  readonly dataset: Dataset;
  readonly questions: Dataset["questions"];
  readonly prompts: QuestionPrompts;
  /** Its retriever is closed: the prompts keep what was found. */
  readonly pipeline: RAGPipeline<Question>;
  readonly retriever?: Retriever;
  readonly style: PromptStyle;
  /** SHA-256 (hex) of all prompts, where a search made them. */
  readonly promptsSha256?: string;
  /** UTF-8 bytes of each prompt, by question index. */
  readonly promptSizes: ReadonlyMap<number, number>;
  readonly longestPromptBytes: number;
  /** Of statutes from an index. */
  readonly room?: StatuteRoom;
  readonly floors: readonly Floor[];
  /** Whether any question is asked with a statute. */
  readonly hasContext: boolean;
}

/** What {@linkcode prepareEvaluation} takes from the world around it. */
export interface PrepareHooks extends OpenSearchHooks {
  /** Makes the questions to ask of those of the file, e.g. others with their choices reordered. */
  readonly arrange?: (questions: readonly Question[]) => readonly Question[];
  /** Called when the questions are read and found right, before any model is fetched or loaded. */
  readonly beforeModels?: () => Promise<void>;
}

/** What room statutes from an index had in the prompts. */
export interface StatuteRoom {
  /** Most tokens, estimated, that the statutes of any question may have. */
  readonly tokens: number;
  /** Questions asked with statutes cut or left out for want of room. */
  readonly cut: number;
  /** Of these, questions asked without any statute, though some were found. */
  readonly emptied: number;
}

/**
 * Loads the questions and prepares every prompt once, asking nothing. What the search has to say is
 * logged.
 * @throws {UsageError} for a question file, an index or a model of the search that is missing or
 * wrong, or where no statute has room in any prompt.
 * @throws {CannotContinueError} when a server of the search can't be reached.
 * @throws {DOMException} AbortError when the signal fires.
 */
export async function prepareEvaluation(
  config: EvaluationConfig,
  { arrange = (questions) => questions, beforeModels, ...hooks }: PrepareHooks = {},
): Promise<PreparedEvaluation> {
  const { search, contextMode } = config;
  const { signal } = hooks;
  const dataset = await loadDataset(config.dataPath);
  const single = config.orders === 1
    ? dataset.questions
    : groupOrders(dataset.questions, dataset.path);
  const questions = arrange(single.slice(0, config.samples));
  refuseMissingContexts(config, questions, dataset.questions);
  const style: PromptStyle = { mode: config.mode, fewShot: config.fewShot };
  const roomFor = (question: Question) => statuteRoom(question, style, config);
  const rooms = contextMode === "retrieved" && search !== undefined
    ? questions.map(roomFor)
    : undefined;
  if (rooms?.every((tokens) => tokens === 0)) throw noRoom(config);

  await beforeModels?.();
  const retriever = await openRetriever(config, dataset, hooks);
  const pipeline = new RAGPipeline<Question>({
    ...(retriever === undefined ? {} : { retriever }),
    render: (question, contexts) => renderPrompt(question, contexts, style),
  });
  const prompts = new QuestionPrompts(pipeline, {
    contextMode,
    limit: search?.keep ?? config.topK,
    ...(rooms === undefined ? {} : { roomFor }),
    inAllOrders: config.orders > 1,
  });
  const promptSizes = new Map<number, number>();
  const asked: { parts: Prompt["parts"]; answer: Letter }[] = [];
  const messages: Prompt["messages"][] = [];
  const shown = { found: 0, cut: 0, emptied: 0 };
  try {
    for (const question of questions) {
      // A search of files never waits, and signals are heard only where something does.
      if (rooms !== undefined) await setImmediate();
      signal?.throwIfAborted();
      const prepared = await prompts.prepare(question, signal);
      const { prompt } = prepared;
      if (retriever !== undefined) messages.push(prompt.messages);
      promptSizes.set(question.index, promptBytes(prompt));
      asked.push({ parts: prompt.parts, answer: question.answer });
      countShown(prepared, shown);
    }
  } finally {
    await pipeline.closeRetriever();
  }
  if (shown.emptied > 0 && shown.emptied === shown.found) throw noRoom(config);
  const room = rooms === undefined ? undefined : {
    tokens: Math.max(...rooms),
    cut: shown.cut,
    emptied: shown.emptied,
  };
  if (room !== undefined && room.cut > 0) warnOfCuts(room, questions.length);
  return {
    dataset,
    questions,
    prompts,
    pipeline,
    retriever,
    style,
    ...(retriever === undefined
      ? {}
      : { promptsSha256: await sha256Hex(JSON.stringify(messages)) }),
    promptSizes,
    longestPromptBytes: promptSizes.values().reduce((most, size) => Math.max(most, size), 0),
    ...(room === undefined ? {} : { room }),
    floors: scoreFloors(asked),
    hasContext: asked.some(({ parts }) => parts.context !== ""),
  };
}

async function openRetriever(
  { contextMode, search }: EvaluationConfig,
  { questions }: Dataset,
  hooks: OpenSearchHooks,
): Promise<Retriever | undefined> {
  if (contextMode !== "retrieved") return undefined;
  if (search === undefined) return createDatasetRetriever(questions);
  const { openLawRetriever } = await import("../rag/open_law_retriever.ts");
  const log = getLogger(["houqa", "eval"]);
  return await openLawRetriever(search, {
    onNote: (note) => log.info("{note}", { note }),
    ...hooks,
  });
}

function countShown(
  { retrieved, leftOut = [] }: PreparedQuestion,
  counts: { found: number; cut: number; emptied: number },
): void {
  const hasNoRoom = leftOut.some(({ reason }) => reason === "budget");
  const isEmpty = retrieved === undefined || retrieved.length === 0;
  if (!isEmpty || hasNoRoom) counts.found++;
  if (hasNoRoom || retrieved?.some((context) => "cut" in context)) counts.cut++;
  if (isEmpty && hasNoRoom) counts.emptied++;
}

function noRoom({ contextTokens, numCtx, maxTokens, fewShot }: EvaluationConfig): UsageError {
  return new UsageError(
    contextTokens !== undefined
      ? `--context-tokens ${contextTokens} has room for no statute of any question: give more, or ` +
        "use --context none."
      : `--num-ctx ${numCtx} leaves no room for statutes beside the question, the instructions` +
        `${
          fewShot ? ", the examples" : ""
        } and an answer of ${maxTokens} tokens (estimated): raise ` +
        `it or leave it out, ${fewShot ? "take --no-few-shot, " : ""}or lower --max-tokens.`,
  );
}

function warnOfCuts({ tokens, cut, emptied }: StatuteRoom, total: number): void {
  getLogger(["houqa", "eval"]).warn(
    "{cut} of {total} questions are asked with statutes cut or left out for want of room " +
      "(at most {tokens} tokens a question, estimated){emptied}. The result says which.",
    { cut, total, tokens, emptied: emptied === 0 ? "" : `, ${emptied} of them with none` },
  );
}

/** @throws {UsageError} when a run with contexts would have none at all. */
function refuseMissingContexts(
  { contextMode, dataPath, search }: EvaluationConfig,
  asked: readonly Question[],
  all: readonly Question[],
): void {
  const without = (questions: readonly Question[]) => questions.filter((q) => q.context === "");
  const isOwnSearch = contextMode === "retrieved" && search === undefined;
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
