import { getLogger } from "@logtape/logtape";
import { HOUQA_VERSION } from "../houqa_version.ts";
import type { createLlm } from "../llm/create_llm.ts";
import type { LlmIdentity } from "../llm/llm.ts";
import { PROMPT_VERSION, promptSha256 } from "../prompt/render_prompt.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { fingerprintOf, provenanceOf, resultConfig } from "./describe_run.ts";
import { openSitting, refuseFinishedResult } from "./open_sitting.ts";
import { type PreparedEvaluation, prepareEvaluation } from "./prepare_evaluation.ts";
import { type Provenance, RESULT_SCHEMA_VERSION, type ResultFile } from "./result_schema.ts";
import { type EvaluationRun, type Progress, runEvaluation } from "./run_evaluation.ts";
import { summarise } from "./summarise.ts";
import { writeResult } from "./write_result.ts";

/** What an evaluation takes from the world around it. */
export interface EvaluationWorld {
  /** Effective settings with their origins, for the provenance. */
  readonly settings: Provenance["settings"];
  readonly overwrite: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Called while a model, of the search or the one that answers, is downloaded and turned into ONNX. */
  readonly onPrepare?: Parameters<typeof createLlm>[3];
  /** The wall clock, for the provenance. */
  readonly now?: () => Date;
  /** Milliseconds of a monotonic clock, for the time a sitting took. */
  readonly monotonicMs?: () => number;
  /** Makes the model; replaced in tests. */
  readonly createLlm?: typeof createLlm;
}

/** How an evaluation ended: with its result, or stopped with its journal kept. */
export type EvaluationEnd =
  | { readonly result: ResultFile }
  | {
    readonly stopped: NonNullable<EvaluationRun["stopped"]>;
    /** Questions with an answer, earlier sittings included. */
    readonly answered: number;
    readonly total: number;
  };

const log = getLogger(["houqa", "eval"]);

/**
 * Runs an evaluation from question file to result file.
 * @throws {UsageError} before anything was asked.
 * @throws {DOMException} AbortError when the signal fires before anything was asked.
 * @throws {LlmError} when the model can't be reached at the start.
 * @throws {CannotContinueError} when disk or memory give out; the journal stays.
 */
export async function evaluate(
  config: EvaluationConfig,
  world: EvaluationWorld,
): Promise<EvaluationEnd> {
  const now = world.now ?? (() => new Date());
  const monotonicMs = world.monotonicMs ?? (() => performance.now());
  await refuseFinishedResult(config.outputPath, world.overwrite);
  await refuseSameFile(config.dataPath, config.outputPath);
  const hooks = {
    ...(world.signal === undefined ? {} : { signal: world.signal }),
    ...(world.onPrepare === undefined ? {} : { onProgress: world.onPrepare }),
  };
  const prepared = await prepareEvaluation(config, hooks);
  const { pipeline } = prepared;
  try {
    const llm = await pipeline.loadModel(config, {
      ...hooks,
      longestPromptBytes: prepared.longestPromptBytes,
      ...(world.createLlm === undefined ? {} : { create: world.createLlm }),
    });
    const promptHash = await promptSha256(prepared.style);
    const { identity } = llm;
    logAsking(config, prepared, identity);
    const sitting = await openSitting(
      config.outputPath,
      {
        fingerprint: fingerprintOf(config, prepared, promptHash, identity),
        versions: { houqa: HOUQA_VERSION, ...identity.versions },
      },
      world.overwrite,
      now().toISOString(),
    );
    const { journal, previous } = sitting;
    let open = true;
    try {
      if (previous !== undefined) {
        const kept = previous.results.values().filter((r) => r.outcome !== "error");
        log.info("Going on from {path}: {done} of {total} questions are answered.", {
          path: journal.path,
          done: [...kept].length,
          total: prepared.questions.length,
        });
      }
      const start = monotonicMs();
      const elapsed = () => (monotonicMs() - start) / 1000;
      const run = await runEvaluation({
        questions: prepared.questions,
        prompts: prepared.prompts,
        plan: {
          mode: config.mode,
          ensemble: config.ensemble,
          seed: config.seed,
          temperature: config.temperature,
          maxNewTokens: config.maxTokens,
          structured: config.structured,
        },
        concurrency: config.concurrency,
        promptSizes: prepared.promptSizes,
        maxErrors: config.maxErrors,
        previous: previous?.results,
        record: (result) => {
          journal.append(result, elapsed());
          if (result.error !== undefined) {
            log.warn("Question {index}: {error}", { index: result.index, error: result.error });
          }
        },
        onProgress: world.onProgress,
        signal: world.signal,
      });
      if (run.stopped !== undefined) {
        return {
          stopped: run.stopped,
          answered: run.results.filter((result) => result.outcome !== "error").length,
          total: prepared.questions.length,
        };
      }
      const seconds = (previous?.elapsedSeconds ?? 0) + elapsed();
      const result: ResultFile = {
        schema_version: RESULT_SCHEMA_VERSION,
        config: resultConfig(config, prepared, llm.identity),
        summary: summarise(run.results, seconds, prepared.floors),
        provenance: await provenanceOf(config, prepared, llm.identity, {
          started_at: sitting.startedAt,
          finished_at: now().toISOString(),
          sittings: (previous?.sittings ?? 0) + 1,
          settings: world.settings,
          promptHash,
        }),
        results: run.results,
      };
      await writeResult(config.outputPath, result).catch((error) => {
        if (!(error instanceof CannotContinueError)) throw error;
        throw new CannotContinueError(
          `${error.message} The journal ${journal.path} keeps every answer.`,
          { cause: error },
        );
      });
      if (result.summary.error_count === 0) {
        open = false;
        await journal.remove();
      }
      return { result };
    } finally {
      if (open) journal.close();
    }
  } finally {
    await pipeline.close();
  }
}

/** @throws {UsageError} when data and output are one file under two names. */
async function refuseSameFile(dataPath: string, outputPath: string): Promise<void> {
  const [data, output] = await Promise.all(
    [dataPath, outputPath].map((path) => Deno.realPath(path).catch(() => undefined)),
  );
  if (data !== undefined && data === output) {
    throw new UsageError(`--output ${outputPath} is the question file itself.`);
  }
}

function logAsking(
  config: EvaluationConfig,
  prepared: PreparedEvaluation,
  { backend, device, numCtx }: LlmIdentity,
): void {
  // The hf backend has said where and why already.
  if (device !== undefined && backend !== "hf") log.info("Device: {device}", { device });
  log.info("Context mode: {mode}", { mode: config.contextMode });
  if (prepared.retriever !== undefined) {
    log.info("Top-k: {topK}", { topK: config.topK });
    const { type, corpus } = prepared.retriever;
    log.info("Retriever: {type} over {corpus}", { type, corpus });
  }
  if (config.search?.reranker !== undefined) {
    const { keep, reranker: { model, candidates } } = config.search;
    log.info("Reranker: {model} reads {candidates} articles, {keep} are shown", {
      model,
      candidates,
      keep,
    });
  }
  if (prepared.room !== undefined) {
    const { tokens } = prepared.room;
    log.info("Room for statutes: {tokens} tokens a question (estimated)", { tokens });
  }
  if (prepared.retriever !== undefined && config.search === undefined) {
    log.info(
      "Retrieval searches the contexts of the question file itself (corpus: dataset). Each " +
        "question's own is among them and nearly always found: close to --context gold, and not " +
        "comparable with a search in all laws.",
    );
  }
  if (config.baseline !== undefined) return;
  const isScored = config.llm.answerMode === "score";
  log.info("Prompt: {mode}, {examples}, version {version}{form}", {
    mode: config.mode,
    examples: config.fewShot ? "few-shot" : "zero-shot",
    version: PROMPT_VERSION,
    form: isScored
      ? ", letters scored by one pass"
      : config.structured
      ? ", answer constrained to one letter"
      : "",
  });
  if (isScored) return;
  log.info("Answers: at most {maxTokens} tokens, temperature {temperature}, seed {seed}", {
    maxTokens: config.maxTokens,
    temperature: config.temperature,
    seed: config.seed,
  });
  if (numCtx !== undefined) log.info("Context window: {numCtx} tokens", { numCtx });
}
