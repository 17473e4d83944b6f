import { getLogger } from "@logtape/logtape";
import { HOUQA_VERSION } from "../houqa_version.ts";
import type { createLlm } from "../llm/create_llm.ts";
import type { Llm } from "../llm/llm.ts";
import { promptSha256 } from "../prompt/render_prompt.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { askBlankQuestion } from "./ask_blank_question.ts";
import type { AskPlan } from "./ask_question.ts";
import { fingerprintOf, provenanceOf, resultConfig } from "./describe_run.ts";
import { asPrior } from "./letter_prior.ts";
import { Journal, journalPath } from "./journal.ts";
import { logAsking } from "./log_asking.ts";
import { openSitting, refuseFinishedResult, type Sitting } from "./open_sitting.ts";
import type { Calibration } from "./order_schema.ts";
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
  await refuseFinishedResult(config.outputPath, world.overwrite);
  await refuseSameFile(config.dataPath, config.outputPath);
  const hooks = {
    ...(world.signal === undefined ? {} : { signal: world.signal }),
    ...(world.onPrepare === undefined ? {} : { onProgress: world.onPrepare }),
  };
  const opened: { journal?: Journal; sitting?: Sitting } = {};
  try {
    const prepared = await prepareEvaluation(config, {
      ...hooks,
      // Turning a large model into ONNX takes many minutes: what can't be written is found before.
      beforeModels: async () => {
        opened.journal = await Journal.open(journalPath(config.outputPath));
      },
    });
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
      opened.sitting = await openSitting(
        opened.journal!,
        config.outputPath,
        {
          fingerprint: fingerprintOf(config, prepared, promptHash, identity),
          versions: { houqa: HOUQA_VERSION, ...identity.versions },
        },
        world.overwrite,
        now().toISOString(),
      );
      return await ask(config, world, { prepared, llm, promptHash, sitting: opened.sitting });
    } finally {
      await pipeline.close();
    }
  } finally {
    // Nothing was asked.
    if (opened.sitting === undefined) await opened.journal?.abandon();
  }
}

/** What is asked, by whom, and where the answers are kept. */
interface Asking {
  readonly prepared: PreparedEvaluation;
  readonly llm: Llm;
  readonly promptHash: string;
  readonly sitting: Sitting;
}

/** Asks what is open, and writes the result when all is answered. The journal is closed. */
async function ask(
  config: EvaluationConfig,
  world: EvaluationWorld,
  { prepared, llm, promptHash, sitting }: Asking,
): Promise<EvaluationEnd> {
  const now = world.now ?? (() => new Date());
  const monotonicMs = world.monotonicMs ?? (() => performance.now());
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
    const plan: AskPlan = {
      mode: config.mode,
      ensemble: config.ensemble,
      seed: config.seed,
      temperature: config.temperature,
      maxNewTokens: config.maxTokens,
      structured: config.structured,
      // The hf backend answers one call after the other, whatever is in flight.
      ordersAtOnce: llm.identity.backend === "hf" && config.ensemble === 1,
    };
    const start = monotonicMs();
    const elapsed = () => (monotonicMs() - start) / 1000;
    let calibration: Calibration | undefined;
    if (config.calibrate) {
      try {
        calibration = await measurePrior(prepared, sitting, plan, world.signal);
      } catch (error) {
        // No question was asked: a journal would only stand in the way of another try.
        if (previous === undefined) {
          open = false;
          await journal.remove();
        }
        throw error;
      }
    }
    const prior = asPrior(calibration?.prior_logprobs);
    const run = await runEvaluation({
      questions: prepared.questions,
      prompts: prepared.prompts,
      plan: { ...plan, ...(prior === undefined ? {} : { prior }) },
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
      summary: summarise(run.results, seconds, prepared.floors, prior),
      provenance: await provenanceOf(config, prepared, llm.identity, {
        started_at: sitting.startedAt,
        finished_at: now().toISOString(),
        sittings: (previous?.sittings ?? 0) + 1,
        settings: world.settings,
        promptHash,
        ...(calibration === undefined ? {} : { calibration }),
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
}

/** What a blank question gets, asked once a run. @throws as {@linkcode askBlankQuestion}. */
async function measurePrior(
  { questions, hasContext, pipeline }: PreparedEvaluation,
  { journal, previous }: Sitting,
  plan: AskPlan,
  signal: AbortSignal | undefined,
): Promise<Calibration> {
  if (previous?.calibration !== undefined) return previous.calibration;
  const first = questions[0]!;
  const calibration = await askBlankQuestion(first, hasContext, pipeline, plan, signal);
  journal.appendCalibration(calibration);
  log.info("Letter prior, of a question without content: {prior}", {
    prior: Object.entries(calibration.prior_logprobs)
      .map(([letter, logprob]) => `${letter} ${(100 * Math.exp(logprob)).toFixed(1)} %`)
      .join(", "),
  });
  return calibration;
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
