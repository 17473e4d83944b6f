import type { ExportDtype } from "../onnx/export_dtype.ts";
import { AUTO_BATCH, SHORT_ANSWER } from "../llm/batch_choice.ts";
import { defaultOutput } from "./default_output.ts";
import { describeOrigin, type ResolvedSettings } from "./resolve_settings.ts";
import {
  type AnswerMode,
  type BaselineRule,
  type ContextMode,
  type HF_DEVICES,
  INDEX_SETTINGS,
  MAX_SEED,
  type PromptMode,
  type SettingName,
  type Settings,
} from "./setting_table.ts";
import { refuseCalibration } from "./refuse_calibration.ts";
import { type SearchConfig, searchConfig } from "./search_config.ts";
import { UsageError } from "./usage_error.ts";

/** Which model answers and how it is reached. */
export interface LLMConfig {
  readonly backend: "ollama" | "hf";
  /** Ollama's model name. */
  readonly llmModel: string;
  /** As given: host, host:port or URL; may hold a password. */
  readonly ollamaHost: string;
  readonly hfModelName?: string;
  readonly loraPath?: string;
  readonly hfDevice: (typeof HF_DEVICES)[number];
  /** Undefined = chosen by the device. */
  readonly hfDtype?: ExportDtype;
  readonly loadIn4bit: boolean;
  readonly answerMode: AnswerMode;
  /** Questions read together; "auto": what turns out to be faster. */
  readonly batchSize: number | "auto";
}

/** An evaluation run with every default filled in. */
export interface EvaluationConfig {
  readonly llm: LLMConfig;
  /** Set: no model is asked, this rule answers. */
  readonly baseline?: BaselineRule;
  readonly dataPath: string;
  readonly outputPath: string;
  /** Only the first n questions; undefined = all. */
  readonly samples?: number;
  readonly contextMode: ContextMode;
  /** How an index of laws is searched; absent: the question file's own contexts are searched. */
  readonly search?: SearchConfig;
  /** Most tokens of the statutes of one question; absent: what the window and a default leave. */
  readonly contextTokens?: number;
  readonly topK: number;
  readonly mode: PromptMode;
  readonly fewShot: boolean;
  readonly ensemble: number;
  /** Orders of its choices that each question is asked in: as in the file, or lawqa_jp's four. */
  readonly orders: 1 | 4;
  /** Whether the letter prior is measured and taken off, beside the plain answers. */
  readonly calibrate: boolean;
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens: number;
  /** Undefined = chosen from the longest prompt. */
  readonly numCtx?: number;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly think: boolean;
  readonly structured: boolean;
  readonly maxErrors?: number;
}

/** A configuration with what the user should know about how it came to be. */
export interface NormalisedEvaluation {
  readonly config: EvaluationConfig;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

const DIRECT_TOKENS = 16;
const COT_TOKENS = 1024;
const THINKING_TOKENS = 4096;
const ENSEMBLE_TEMPERATURE = 0.7;

/**
 * Turns settings into a run that makes sense.
 * @param noRag whether `--no-rag` was given: the older name of `--context none`.
 * @throws {UsageError} for settings that contradict each other or need what does not exist yet.
 */
export function normaliseEvaluation(
  settings: ResolvedSettings,
  noRag = false,
  ownSearch = false,
): NormalisedEvaluation {
  const { values } = settings;
  const notes: string[] = [];
  const warnings = [...settings.warnings];
  const contextMode = chooseContext(settings, noRag);
  refuseContradictions(settings);
  refuseCalibration(settings);
  const { baseline } = values;
  const index = contextMode === "retrieved" ? values.law_index : undefined;
  if (contextMode === "retrieved" && index === undefined && values.retriever_type !== "bm25") {
    warnings.push(
      `${describeOrigin(settings.origins.retriever_type)} is ${values.retriever_type}, but only ` +
        "bm25 over the question file's own contexts is there without --index; bm25 is used " +
        "and recorded.",
    );
  }
  if (!ownSearch) warnings.push(...settingsForIndexOnly(settings, contextMode));
  if (baseline === undefined) requireModel(values);
  warnings.push(...settingsForHfOnly(settings));
  if (values.llm_backend === "hf" && baseline === undefined) refuseForHf(settings);
  const mode: PromptMode = values.use_cot ? "cot" : "direct";
  const maxTokens = values.max_tokens ??
    (values.think ? THINKING_TOKENS : mode === "cot" ? COT_TOKENS : DIRECT_TOKENS);
  const config: EvaluationConfig = {
    llm: {
      backend: values.llm_backend,
      llmModel: values.llm_model,
      ollamaHost: values.ollama_host,
      hfModelName: values.hf_model_name,
      loraPath: values.lora_path,
      hfDevice: values.hf_device,
      hfDtype: values.hf_dtype,
      loadIn4bit: values.load_in_4bit,
      answerMode: values.answer_mode,
      batchSize: values.batch_size,
    },
    baseline,
    dataPath: values.data,
    outputPath: values.output ?? defaultOutput(settings, contextMode),
    samples: values.samples,
    contextMode,
    ...(index === undefined ? {} : { search: searchConfig(settings, index) }),
    contextTokens: values.context_tokens,
    topK: values.top_k,
    mode,
    fewShot: values.few_shot,
    ensemble: values.ensemble,
    orders: values.orders,
    calibrate: values.calibrate,
    temperature: chooseTemperature(settings, notes),
    seed: values.seed,
    maxTokens,
    numCtx: values.num_ctx,
    timeoutMs: Math.max(1, Math.round(values.timeout * 1000)),
    concurrency: chooseConcurrency(settings, maxTokens, notes),
    think: values.think,
    structured: baseline === undefined &&
      (values.llm_backend === "hf"
        ? values.answer_mode === "score"
        : values.structured ?? (mode === "direct" && !values.think)),
    maxErrors: values.max_errors,
  };
  return { config, notes, warnings };
}

/** @throws {UsageError} when `--no-rag` and `--context` say different things. */
function chooseContext(settings: ResolvedSettings, noRag: boolean): ContextMode {
  const { context } = settings.values;
  if (!noRag) return context;
  if (settings.origins.context.kind !== "default" && context !== "none") {
    throw new UsageError(
      `--no-rag means --context none, but --context ${context} was given too. Use one of them.`,
    );
  }
  return "none";
}

/**
 * Settings of a search in an index, where there is none.
 * @throws {UsageError} for a reranker that was asked for by an option: its absence would be measured.
 */
export function settingsForIndexOnly(
  settings: ResolvedSettings,
  contextMode: ContextMode,
): string[] {
  const { values, origins } = settings;
  const searches = contextMode === "retrieved";
  if (searches && values.law_index !== undefined) return [];
  const why = searches ? "without --index" : `with --context ${contextMode}`;
  const isGiven = (name: SettingName) =>
    origins[name].kind === "option" ||
    // Left in the environment by the older evaluator, it would change what is measured.
    (searches && name === "reranker_enabled" && values[name]);
  const given = INDEX_SETTINGS.filter(isGiven)
    // A retriever without an index has a warning of its own.
    .filter((name) => !searches || name !== "retriever_type");
  const reranker = given.find((name) => /rerank/.test(name) && origins[name].kind === "option");
  if (reranker !== undefined) {
    throw new UsageError(
      `${describeOrigin(origins[reranker])}: there is nothing to rerank ${why}. ` +
        "Name an index of laws (--index), or leave the option out.",
    );
  }
  return given.map((name) => `${describeOrigin(origins[name])} has no effect ${why}.`);
}

function refuseContradictions(settings: ResolvedSettings): void {
  const { values, origins } = settings;
  if (values.structured && (values.use_cot || values.think)) {
    throw new UsageError(
      `--structured constrains the whole answer to one letter; it can't go with ` +
        `${values.use_cot ? "--use-cot" : "--think"}.`,
    );
  }
  if (values.baseline !== undefined) {
    const senseless = [
      values.ensemble > 1 ? "--ensemble" : "",
      values.use_cot ? "--use-cot" : "",
      values.think ? "--think" : "",
    ].filter((flag) => flag !== "");
    if (senseless.length > 0) {
      throw new UsageError(`--baseline asks no model: leave ${senseless.join(" and ")} out.`);
    }
  }
  if (values.seed + values.ensemble - 1 > MAX_SEED) {
    throw new UsageError(
      `--seed ${values.seed} with --ensemble ${values.ensemble} goes beyond the largest seed, ` +
        `${MAX_SEED}.`,
    );
  }
  if (values.ensemble > 1 && values.temperature === 0) {
    throw new UsageError(
      `--ensemble ${values.ensemble} with temperature 0 (${describeOrigin(origins.temperature)}) ` +
        "would ask for the same answer every time. Set --temperature above 0, or leave it out.",
    );
  }
}

/**
 * Settings that only the hf backend looks at. Left in the environment they deserve a warning; typed
 * on the command line they mean that another model was wanted.
 * @throws {UsageError} for an option.
 */
function settingsForHfOnly({ values, origins }: ResolvedSettings): string[] {
  if (values.llm_backend === "hf" && values.baseline === undefined) return [];
  const given = ([
    "hf_model_name",
    "lora_path",
    "load_in_4bit",
    "hf_device",
    "hf_dtype",
    "answer_mode",
    "batch_size",
  ] as const)
    .filter((name) => values[name] !== undefined && values[name] !== false)
    .filter((name) => origins[name].kind !== "default")
    .map((name) => origins[name]);
  const option = given.find((origin) => origin.kind === "option");
  if (option !== undefined) {
    throw new UsageError(
      `${describeOrigin(option)} is for the hf backend: add --llm-backend hf, or leave it out.`,
    );
  }
  return given.map((origin) =>
    `${describeOrigin(origin)} has no effect: it is for the hf backend.`
  );
}

/** @throws {UsageError} for settings that the hf backend can't follow. */
function refuseForHf({ values, origins }: ResolvedSettings): void {
  const { hf_dtype: dtype, load_in_4bit: fourBit } = values;
  if (fourBit && dtype !== undefined && dtype !== "q4" && dtype !== "q4f16") {
    throw new UsageError(
      `${describeOrigin(origins.load_in_4bit)} means q4, but ${
        describeOrigin(origins.hf_dtype)
      } is ${dtype}. Leave one of them out.`,
    );
  }
  for (const name of ["num_ctx", "structured"] as const) {
    if (origins[name].kind !== "option" || values[name] === false) continue;
    throw new UsageError(
      `${describeOrigin(origins[name])} is for Ollama.` +
        (name === "structured"
          ? " With the hf backend use --answer-mode score to choose among the four letters only."
          : " The hf backend always has the model's whole context length."),
    );
  }
  if (values.answer_mode === "score") {
    const against = values.use_cot
      ? "--use-cot"
      : values.think
      ? "--think"
      : values.ensemble > 1
      ? "--ensemble"
      : undefined;
    if (against !== undefined) {
      throw new UsageError(
        `--answer-mode score reads the answer off one pass: leave ${against} out.`,
      );
    }
  }
}

/**
 * Questions that are read together have to wait together: a batch size that was asked for counts
 * more than fewer questions in flight.
 */
function chooseConcurrency(
  { values, origins }: ResolvedSettings,
  maxTokens: number,
  notes: string[],
): number {
  const { concurrency, batch_size: batchSize } = values;
  if (values.llm_backend !== "hf" || values.baseline !== undefined) return concurrency;
  const isGiven = origins.concurrency.kind !== "default";
  const isShort = values.answer_mode === "score" || maxTokens <= SHORT_ANSWER;
  if (batchSize === "auto") return isGiven || !isShort ? concurrency : AUTO_BATCH;
  if (!isShort) {
    if (batchSize > 1) {
      notes.push(
        `--batch-size ${batchSize} has no effect: answers of up to ${maxTokens} tokens are written ` +
          `one by one; only those of at most ${SHORT_ANSWER} are read together.`,
      );
    }
    return concurrency;
  }
  if (isGiven && concurrency < batchSize) {
    notes.push(
      `Questions in flight: ${batchSize} instead of ${concurrency}, since --batch-size ` +
        `${batchSize} reads so many together.`,
    );
  }
  return Math.max(concurrency, batchSize);
}

/** @throws {UsageError} when the hf backend has no model name. */
function requireModel(values: Settings): void {
  if (values.llm_backend === "hf" && values.hf_model_name === undefined) {
    throw new UsageError(
      "hf backend requires hf_model_name in LLMConfig: set --hf-model-name or HF_MODEL_NAME",
    );
  }
}

function chooseTemperature(settings: ResolvedSettings, notes: string[]): number {
  const { temperature, ensemble } = settings.values;
  if (temperature !== undefined) return temperature;
  if (ensemble === 1) return 0;
  notes.push(`Temperature ${ENSEMBLE_TEMPERATURE}, since --ensemble ${ensemble} needs variety.`);
  return ENSEMBLE_TEMPERATURE;
}
