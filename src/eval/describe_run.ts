import { HOUQA_VERSION } from "../houqa_version.ts";
import type { LlmIdentity } from "../llm/llm.ts";
import { modelName } from "../llm/model_name.ts";
import { PROMPT_VERSION } from "../prompt/render_prompt.ts";
import type { EvaluationConfig } from "../settings/evaluation_config.ts";
import { definedOnly } from "./defined_only.ts";
import { EXTRACTION_VERSION } from "./extract_answer.ts";
import type { Fingerprint } from "./journal.ts";
import type { Calibration } from "./order_schema.ts";
import type { PreparedEvaluation } from "./prepare_evaluation.ts";
import type { Provenance, ResultConfig } from "./result_schema.ts";

/** Everything the answers depend on, for the journal. */
export function fingerprintOf(
  config: EvaluationConfig,
  prepared: PreparedEvaluation,
  promptHash: string,
  identity: LlmIdentity,
): Fingerprint {
  return {
    dataset_sha256: prepared.dataset.sha256,
    questions: prepared.questions.length,
    prompt_sha256: promptHash,
    prompt_mode: config.mode,
    few_shot: config.fewShot,
    extraction_version: EXTRACTION_VERSION,
    llm_backend: identity.backend,
    llm_model: identity.model,
    model_digest: identity.modelDigest ?? null,
    adapter_digest: identity.adapterDigest ?? null,
    dtype: identity.dtype ?? null,
    // Only where there is one, so that runs on other backends go on as they began.
    ...(identity.exporter === undefined ? {} : { exporter: identity.exporter }),
    context: config.contextMode,
    retriever_type: prepared.retriever?.type ?? null,
    corpus: prepared.retriever?.corpus ?? null,
    top_k: prepared.retriever === undefined ? null : config.topK,
    ...contextTokens(prepared),
    ...(prepared.promptsSha256 === undefined ? {} : { prompts_sha256: prepared.promptsSha256 }),
    temperature: config.temperature,
    seed: config.seed,
    max_tokens: config.maxTokens,
    num_ctx: config.numCtx ?? null,
    think: config.think,
    structured_output: config.structured,
    answer_mode: config.llm.answerMode,
    hf_device: identity.backend === "hf" ? identity.device ?? null : null,
    ensemble: config.ensemble,
    // As above: a run without them is what it was before they were there.
    ...(config.orders === 1 ? {} : { orders: config.orders }),
    ...(config.calibrate ? { calibrate: true } : {}),
  };
}

/** Only over an index: a run without one is what it was before there was such a setting. */
function contextTokens({ room }: PreparedEvaluation): { context_tokens?: number } {
  return room === undefined ? {} : { context_tokens: room.tokens };
}

/** The `config` part of a result file. */
export function resultConfig(
  config: EvaluationConfig,
  prepared: PreparedEvaluation,
  identity: LlmIdentity,
): ResultConfig {
  const isHf = identity.backend === "hf";
  const reranker = config.search?.reranker;
  return {
    rag_enabled: config.contextMode === "retrieved",
    retriever_type: prepared.retriever?.type ?? null,
    llm_model: modelName(config),
    few_shot_enabled: config.fewShot,
    cot_enabled: config.mode === "cot",
    reranker_enabled: reranker !== undefined,
    reranker_model: reranker?.model ?? null,
    rerank_top_n: reranker === undefined ? null : config.search!.keep,
    ensemble_runs: config.ensemble > 1 ? config.ensemble : null,
    top_k: config.topK,
    ...contextTokens(prepared),
    ...(config.search === undefined || config.search.expand.length === 0
      ? {}
      : { expand: [...config.search.expand] }),
    total_samples: prepared.questions.length,
    llm_backend: identity.backend,
    hf_model_name: isHf ? config.llm.hfModelName ?? null : null,
    lora_path: isHf ? config.llm.loraPath ?? null : null,
    context: config.contextMode,
    corpus: prepared.retriever?.corpus ?? null,
    temperature: config.temperature,
    seed: config.seed,
    max_tokens: config.maxTokens,
    num_ctx: identity.numCtx ?? config.numCtx ?? null,
    think: config.think,
    structured_output: config.structured,
    ...(isHf ? { answer_mode: config.llm.answerMode } : {}),
    ...(config.orders === 1 ? {} : { orders: config.orders }),
    ...(config.calibrate ? { calibrate: true as const } : {}),
  };
}

/** The `provenance` part of a result file. */
export async function provenanceOf(
  config: EvaluationConfig,
  prepared: PreparedEvaluation,
  identity: LlmIdentity,
  sitting: Pick<Provenance, "started_at" | "finished_at" | "sittings" | "settings"> & {
    readonly promptHash: string;
    readonly calibration?: Calibration;
  },
): Promise<Provenance> {
  const { promptHash, calibration, ...times } = sitting;
  const { prompt } = await prepared.prompts.prepare(prepared.questions[0]!);
  return {
    houqa_version: HOUQA_VERSION,
    extraction_version: EXTRACTION_VERSION,
    ...times,
    dataset: {
      path: config.dataPath,
      sha256: prepared.dataset.sha256,
      question_count: prepared.dataset.questions.length,
    },
    prompt: {
      version: PROMPT_VERSION,
      sha256: promptHash,
      messages_before_question: prompt.messages.slice(0, -1).map((message) => ({ ...message })),
    },
    llm: {
      backend: identity.backend,
      model: identity.model,
      ...definedOnly({
        model_digest: identity.modelDigest,
        adapter: identity.adapter,
        adapter_digest: identity.adapterDigest,
        exporter: identity.exporter,
        dtype: identity.dtype,
        device: identity.device,
        context_length: identity.contextLength,
        num_ctx: identity.numCtx,
      }),
      versions: { ...identity.versions },
    },
    ...definedOnly({ calibration, search: prepared.retriever?.description }),
    runtime: { deno: Deno.version.deno, os: Deno.build.os, arch: Deno.build.arch },
  };
}
